#include "sim/config/json_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace cm::sim::config;
using namespace std::string_literals;

namespace {

// "line:column: what"; empty when nothing is wrong.
std::string problem_of(const std::string& text)
{
  const auto problem = json_problem(text);
  return problem ? fmt::format("{}:{}: {}", problem->place.line, problem->place.column, problem->what) : "";
}

std::string nested(std::size_t levels)
{
  return std::string(levels, '[') + std::string(levels, ']');
}

std::string place_of(const std::string& text, const std::vector<std::string>& keys)
{
  const JsonPlace place = json_place(text, keys);
  return fmt::format("{}:{}", place.line, place.column);
}

}  // namespace

TEST_CASE("JSON has no problem")
{
  const std::vector<std::string> texts{"0",
                                       "-1.5e-3",
                                       "1e-999",
                                       "1.7e308",
                                       "null",
                                       " [ ] ",
                                       "{}",
                                       "[1, [], {}, [[2], true]]",
                                       "{\"a\": {\"b\": [false, null]},\n \"c\": \"\\u00e9\\ud83d\\ude00\\\"\u4e2d\"}",
                                       "\xef\xbb\xbf{\"a\": 1}\r\n",
                                       nested(64)};
  for (const std::string& text : texts) {
    INFO(text);
    CHECK(problem_of(text).empty());
    CHECK_NOTHROW(nlohmann::json::parse(text));
  }
}

TEST_CASE("what is no JSON is told with its place")
{
  CHECK(problem_of("") == "1:1: expected a value of JSON, found the end of the text");
  CHECK(problem_of("{\n  \"a\": maybe\n}") == "2:8: expected a value of JSON, found \"m\"");
  CHECK(problem_of("[1 2]") == "1:4: expected \",\" or \"]\", found \"2\"");
  CHECK(problem_of("{\"a\": 1,\n}") == "2:1: expected a key in quotes, found \"}\"");
  CHECK(problem_of("{\"a\" 1}") == "1:6: expected \":\", found \"1\"");
  CHECK(problem_of("[1] x") == "1:5: expected the end of the text, found \"x\"");
  CHECK(problem_of("[\"a") == "1:4: expected a closing quote, found the end of the text");
  CHECK(problem_of("[\"a\x1b\"]").starts_with("1:4: expected a closing quote, or a control character as an escape"));
  CHECK(problem_of("[\0]"s) == "1:2: expected a value of JSON, found \"\\x00\"");
}

TEST_CASE("a text that the library refuses has a problem")
{
  for (const std::string text : {"",
                                 "[",
                                 "{",
                                 "[1,]",
                                 "[01]",
                                 "[1.]",
                                 "[.5]",
                                 "[-]",
                                 "[1e]",
                                 "[+1]",
                                 "nul",
                                 "[\"\\x\"]",
                                 "[\"\\u12g4\"]",
                                 "[\"\\ud800\"]",
                                 "[\"\\ud800\\u0041\"]",
                                 "[\"\\udc00\"]",
                                 "[\"\xff\"]",
                                 "[\"\xc0\xaf\"]",
                                 "[\"\n\"]",
                                 "[1]]",
                                 "{\"a\":1 \"b\":2}",
                                 "{1: 2}",
                                 "[NaN]",
                                 "[1e999]",
                                 "[-1e309]",
                                 "// a comment\n[]"}) {
    INFO(text);
    CHECK_FALSE(nlohmann::json::accept(text));
    CHECK_FALSE(problem_of(text).empty());
  }
}

TEST_CASE("what is JSON and no use is told with its place")
{
  CHECK(problem_of("[\n1,\n 1e999]") == "3:2: expected a number of at most 1.8e308, found 1e999");
  CHECK(
      problem_of("[" + std::string(400, '9') + "]").starts_with("1:2: expected a number of at most 1.8e308, found 99"));
  CHECK(problem_of("{\"a\": 1, \"b\": {\"a\": 2}, \"a\": 3}") == "1:25: expected each key once, found \"a\" again");
  CHECK(problem_of(R"({"a": 1, "\u0061": 2})") == "1:10: expected each key once, found \"a\" again");
  CHECK(problem_of(R"({"\n\u00e9\u20ac\ud83d\ude00": 1, "\u000a)"
                   "\u00e9\u20ac\U0001f600\": 2}")
            .find("expected each key once") != std::string::npos);
  CHECK(problem_of(R"({"a\\u0061": 1, "aa": 2, "\\u0061": 3})").empty());
  CHECK(problem_of("[\"\xc3(\"]") == "1:3: expected UTF-8 text, found the invalid byte 0xc3");
  CHECK(problem_of(nested(65)) == "1:65: expected at most 64 levels of nesting, found more");
  std::string objects;
  for (int i = 0; i < 200'000; ++i)
    objects += "{\"a\":";
  CHECK(problem_of(objects) == "1:321: expected at most 64 levels of nesting, found more");
  CHECK(json_problem("{\"a\": 1, \"b\": 2}", 1)->what == "expected an object of at most 1 members, found more");
}

TEST_CASE("a value is found by the keys that lead to it, or the last one on the way")
{
  const std::string text = "{\"a\": [10,\n  {\"b\": 20, \"c\": \"x\"}],\n\"b\": 30}";
  CHECK(place_of(text, {}) == "1:1");
  CHECK(place_of(text, {"a"}) == "1:7");
  CHECK(place_of(text, {"a", "0"}) == "1:8");
  CHECK(place_of(text, {"a", "1", "c"}) == "2:18");
  CHECK(place_of(text, {"b"}) == "3:6");
  CHECK(place_of(text, {"a", "1", "d"}) == "2:3");
  CHECK(place_of(text, {"a", "7"}) == "1:7");
  CHECK(place_of(text, {"z", "b"}) == "1:1");
}

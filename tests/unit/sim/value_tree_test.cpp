#include "sim/config/value.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::sim::config;

namespace {

std::string after_set(const std::string& text, const std::string& path, const std::string& value)
{
  Value root = parse_text("base", text);
  set_path(root, path, parse_text("--set", value));
  return canonical_text(root);
}

std::string after_merge(const std::string& base, const std::string& changes)
{
  Value root = parse_text("base", base);
  merge(root, parse_text("changes", changes));
  return canonical_text(root);
}

std::string canonical(const std::string& text)
{
  return canonical_text(parse_text("text", text));
}

}  // namespace

TEST_CASE("a key of a map is found")
{
  Value root = parse_text("f", "a: 1\nb: 2\n");
  REQUIRE(root.find("b") != nullptr);
  CHECK(root.find("b")->text == "2");
  CHECK(root.find("c") == nullptr);
  CHECK(parse_text("f", "[a]").find("a") == nullptr);
}

TEST_CASE("a path is set through maps that exist or not")
{
  CHECK(after_set("a: {b: 1, c: 2}", "a.b", "3") == canonical("a: {b: 3, c: 2}"));
  CHECK(after_set("a: 1", "x.y.z", "[1, 2]") == canonical("{a: 1, x: {y: {z: [1, 2]}}}"));
  CHECK(after_set("a:\n", "a.b", "3") == canonical("a: {b: 3}"));
  CHECK(after_set("", "a", "3") == canonical("a: 3"));
  CHECK(after_set("a: {value: 1, source: s}", "a", "3") == canonical("a: 3"));
}

TEST_CASE("a path through something that is no map is refused with both positions")
{
  CHECK_THROWS_WITH(after_set("a: 5", "a.b", "3"),
                    "--set:1:1: a.b: expected a map to hold \"b\", found a single value at base:1:4");
  CHECK_THROWS_WITH(after_set("a: [1]", "a.0", "3"), Catch::Contains("found a list at base:1:4"));
  CHECK_THROWS_WITH(after_set("a: 5", "a..b", "3"), Catch::Contains("expected a path like workload.ep"));
  CHECK_THROWS_WITH(after_set("a: 5", "", "3"), Catch::Contains("expected a path"));
  CHECK_THROWS_WITH(after_set("a: 5", "b.", "3"), Catch::Contains("expected a path"));
}

TEST_CASE("what is set keeps the position where it was written")
{
  Value root = parse_text("base", "a: 1\n");
  set_path(root, "b.c", parse_text("--set", "7"));
  CHECK(to_text(root.find("b")->find("c")->position) == "--set:1:1");
  CHECK(to_text(root.find("b")->position) == "--set:1:1");
}

TEST_CASE("maps merge key by key and everything else is replaced")
{
  CHECK(after_merge("{a: {b: 1, c: 2}, l: [1, 2]}", "{a: {c: 3, d: 4}, l: [9], n: 5}") ==
        canonical("{a: {b: 1, c: 3, d: 4}, l: [9], n: 5}"));
  CHECK(after_merge("a: 1", "a: {b: 2}") == canonical("a: {b: 2}"));
  CHECK(after_merge("a: {b: 2}", "a: 1") == canonical("a: 1"));
}

TEST_CASE("a new number does not inherit the evidence of the old one")
{
  CHECK(after_merge("a: {value: 1, evidence: published, source: s}", "a: {value: 2, assumed: why}") ==
        canonical("a: {value: 2, assumed: why}"));
  CHECK(after_merge("a: {value: 1, evidence: published, source: s}", "a: 2") == canonical("a: 2"));
}

TEST_CASE("canonical text depends on content alone")
{
  CHECK(canonical("a: 1\nb: {d: 2, c: x}\n") == canonical("# comment\nb:\n  c: \"x\"\n  d: 2\na: 1\n"));
  CHECK(canonical("a: [1, 2]") != canonical("a: [2, 1]"));
  CHECK(canonical("a: null") != canonical("a: \"null\""));
  CHECK(canonical("a: '\"],[\"'") != canonical("a: [\"\", \"\"]"));
  CHECK(canonical("a: \"x\\ny\"") != canonical("a: 'x\\ny'"));
}

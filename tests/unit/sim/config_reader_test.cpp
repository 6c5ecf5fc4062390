#include "sim/config/reader.h"
#include "sim/diagnostics/errors.h"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

using namespace cm;
using namespace cm::sim::config;

namespace {

struct Reading {
  Value root;
  ReadingLog log;

  explicit Reading(const std::string& text, const std::function<void(Reader&)>& read,
                   const std::string& file = "f.yaml")
      : root(parse_text(file, text))
  {
    Reader reader(root, "", log);
    read(reader);
    reader.finish();
  }

  [[nodiscard]] std::string problems() const
  {
    std::string all;
    for (const std::string& problem : log.problems)
      all += (all.empty() ? "" : "\n") + problem;
    return all;
  }
};

// The problems of reading the one key "a" as a T.
template <typename T>
std::string problem_of(const std::string& text, std::optional<double> minimum = {}, std::optional<double> maximum = {})
{
  T value{};
  const Reading reading("a: " + text + "\n",
                        [&](Reader& reader) { reader.required({"a", "", minimum, maximum}, value); });
  if (!reading.log.problems.empty())
    CHECK(value == T{});
  return reading.problems();
}

template <typename T>
T value_of(const std::string& text)
{
  T value{};
  const Reading reading("a: " + text + "\n", [&](Reader& reader) { reader.required({"a", ""}, value); });
  CHECK(reading.problems().empty());
  return value;
}

}  // namespace

TEST_CASE("every type is read")
{
  CHECK(value_of<bool>("true"));
  CHECK(value_of<std::int64_t>("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(value_of<int>("+96") == 96);
  CHECK(value_of<int>("010") == 10);
  CHECK(value_of<double>("1.25") == 1.25);
  CHECK(value_of<std::string>("'28 GB/s'") == "28 GB/s");
  CHECK(value_of<Bytes>("64 GiB") == 64_GiB);
  CHECK(value_of<Seconds>("1.9 us") == Seconds(1.9e-6));
  CHECK(value_of<BytesPerSecond>("28 GB/s") == 28_GBps);
  CHECK(value_of<FlopsPerSecond>("752 TFLOPS") == FlopsPerSecond(752e12));
}

TEST_CASE("a complaint says where and what was expected and found")
{
  CHECK(problem_of<BytesPerSecond>("28") == "f.yaml:1:4: a: expected a bandwidth like \"28 GB/s\", found \"28\"");
  CHECK(problem_of<Bytes>("64 KB") == "f.yaml:1:4: a: expected a size like \"64 GiB\", found \"64 KB\"");
  CHECK_THAT(problem_of<Bytes>("0.1 KiB"), Catch::Contains("a whole number of bytes"));
  CHECK(problem_of<Seconds>("[1]") == "f.yaml:1:4: a: expected a time like \"1.9 us\", found a list");
  CHECK(problem_of<FlopsPerSecond>("") == "f.yaml:1:1: a: expected a compute rate like \"752 TFLOPS\", found nothing");
  CHECK(problem_of<std::string>("''") == "f.yaml:1:4: a: expected a text like \"name\", found \"\"");
}

TEST_CASE("booleans are true or false and nothing else")
{
  for (const char* text : {"yes", "on", "True", "1", "''"})
    CHECK_THAT(problem_of<bool>(text), Catch::Contains("expected true or false, found \""));
}

TEST_CASE("integers have no point and no exponent and fit")
{
  for (const char* text : {"3.0", "1e3"})
    CHECK_THAT(problem_of<int>(text), Catch::Contains("without a point or an exponent, found"));
  for (const char* text : {"0x10", "1_000", "nan", "''", "+-5", "--5", "5 %", "ten"})
    CHECK_THAT(problem_of<int>(text), Catch::Contains("expected an integer like \"96\", found"));
  CHECK_THAT(problem_of<int>("2147483648"), Catch::Contains("an integer between -2147483648 and 2147483647, found"));
  CHECK_THAT(problem_of<std::int64_t>("9223372036854775808"),
             Catch::Contains("an integer between -9223372036854775808 and 9223372036854775807, found"));
}

TEST_CASE("numbers are decimal and finite")
{
  for (const char* text : {".nan", "nan", "inf", "-.inf", "1e999", "0x10", "''", "5 %"})
    CHECK_THAT(problem_of<double>(text), Catch::Contains("expected a number like \"1.25\", found"));
}

TEST_CASE("both ends of a range are allowed and it is told in human units")
{
  CHECK(problem_of<BytesPerSecond>("1 GB/s", 1e9, 2e9).empty());
  CHECK(problem_of<BytesPerSecond>("2 GB/s", 1e9, 2e9).empty());
  CHECK(problem_of<BytesPerSecond>("2.1 GB/s", 1e9, 2e9) ==
        "f.yaml:1:4: a: expected a bandwidth between 1 GB/s and 2 GB/s, found \"2.1 GB/s\"");
  CHECK_THAT(problem_of<int>("0", 1), Catch::Contains("expected an integer of at least 1, found \"0\""));
  CHECK_THAT(problem_of<double>("9", {}, 1.5), Catch::Contains("expected a number of at most 1.5, found \"9\""));
}

TEST_CASE("a quantity is not negative unless its key says so")
{
  CHECK_THAT(problem_of<Bytes>("-1 B"), Catch::Contains("expected a size of at least 0 B"));
  CHECK(problem_of<Seconds>("-1 us", -1.0).empty());
}

TEST_CASE("a fraction is between nothing and all unless its key says so")
{
  double share = 0.5;
  const auto problems = [&](const std::string& text, const Key& key) {
    return Reading("a: " + text, [&](Reader& reader) { reader.required_fraction(key, share); }).problems();
  };
  CHECK(problems("2 %", {"a", ""}).empty());
  CHECK(share == 0.02);
  CHECK(problems("150 %", {"a", ""}) == "f.yaml:1:4: a: expected a share between 0 and 1, found \"150 %\"");
  CHECK(problems("150 %", {"a", "", 0.0, 2.0}).empty());
  CHECK_THAT(problems("half", {"a", ""}), Catch::Contains("expected a share like \"2 %\" or \"0.02\", found"));
}

TEST_CASE("a missing key is reported at its map only when it is required")
{
  int needed = 1;
  int free = 2;
  const Reading reading("x:\n  y: 1\n", [&](Reader& reader) {
    Reader section = reader.section({"x", ""});
    section.required({"a", ""}, needed);
    section.optional({"b", ""}, free);
    section.optional({"y", ""}, free);
    section.finish();
  });
  CHECK(reading.problems() == "f.yaml:2:3: x.a: expected an integer like \"96\", found no such key");
  CHECK(needed == 1);
  CHECK(free == 1);
}

TEST_CASE("all problems are reported and not only the first")
{
  int a = 0;
  int b = 0;
  const Reading reading("a: x\nb: y\nc: 1\n", [&](Reader& reader) {
    reader.required({"a", ""}, a);
    reader.required({"b", ""}, b);
  });
  CHECK(reading.log.problems.size() == 3);
}

TEST_CASE("an unknown key that sections below have is called by its full path")
{
  const Value map = parse_text("f.yaml", "experts: 1\na: {experts: 2}\n");
  ReadingLog log;
  Reader reader(map, "workload", log);
  int number = 0;
  Reader section = reader.section({"a", "a section"});
  section.optional({"experts", "how many"}, number);
  section.finish();
  reader.finish();
  CHECK(log.problems == std::vector<std::string>{"f.yaml:1:1: workload.experts: unknown key \"experts\"; did you mean "
                                                 "workload.a.experts?"});
}

TEST_CASE("an unknown key gets the nearest known one")
{
  BytesPerSecond bandwidth;
  const auto read = [&](Reader& reader) { reader.optional({"lane_bandwidth", ""}, bandwidth); };
  CHECK(Reading("lane_bandwith: 1 GB/s\n", read).problems() ==
        "f.yaml:1:1: lane_bandwith: unknown key \"lane_bandwith\"; did you mean \"lane_bandwidth\"?");
  CHECK(Reading("colour: red\n", read).problems() ==
        "f.yaml:1:1: colour: unknown key \"colour\"; known keys: lane_bandwidth");
}

TEST_CASE("a missing section is reported once and still declares its keys")
{
  int value = 7;
  const Reading reading("a: 1\n", [&](Reader& reader) {
    reader.optional({"a", ""}, value);
    Reader section = reader.section({"x", ""});
    section.required({"b", "what b is"}, value);
    Reader deeper = section.section({"y", ""});
    deeper.required({"c", ""}, value);
    deeper.complain("c", "noise");
    CHECK_FALSE(deeper.has("c"));
    section.finish();
  });
  CHECK(reading.problems() == "f.yaml:1:1: x: expected a map of keys, found no such key");
  REQUIRE(reading.log.declarations.size() == 5);
  CHECK(reading.log.declarations.at(2).path == "x.b");
  CHECK(reading.log.declarations.at(4).path == "x.y.c");
}

TEST_CASE("a section that is no map is reported once")
{
  int value = 7;
  const Reading reading("x: 5\n", [&](Reader& reader) {
    Reader section = reader.section({"x", ""});
    section.required({"b", ""}, value);
    section.finish();
  });
  CHECK(reading.problems() == "f.yaml:1:4: x: expected a map of keys, found \"5\"");
}

TEST_CASE("an optional section may be absent")
{
  int value = 7;
  const Reading reading("{}\n", [&](Reader& reader) {
    Reader section = reader.optional_section({"x", ""});
    section.required({"b", ""}, value);
    CHECK(section.position("b").line == 1);
    section.complain("b", "the caller's own");
  });
  CHECK(reading.problems() == "f.yaml:1:1: x.b: the caller's own");
  CHECK(reading.log.declarations.size() == 2);
}

TEST_CASE("the caller reads a list itself and complains in the same form")
{
  const Reading reading("l:\n  - 1\n  - 2\n", [&](Reader& reader) {
    const Value* list = reader.value({"l", "some numbers"}, true);
    REQUIRE(list != nullptr);
    CHECK(list->items.size() == 2);
    reader.complain("l", "expected three numbers");
    CHECK(reader.value({"absent", ""}, false) == nullptr);
  });
  CHECK(reading.problems() == "f.yaml:2:3: l: expected three numbers");
}

TEST_CASE("a choice is one word of its table")
{
  enum class Policy { Hash, Spray };
  Policy policy = Policy::Hash;
  const auto problems = [&](const std::string& text, bool is_required) {
    return Reading(text,
                   [&](Reader& reader) {
                     reader.choice<Policy>({"p", ""}, policy, {{"hash", Policy::Hash}, {"spray", Policy::Spray}},
                                           is_required);
                   })
        .problems();
  };
  CHECK(problems("p: spray", true).empty());
  CHECK(policy == Policy::Spray);
  CHECK(problems("p: spry", true) ==
        "f.yaml:1:4: p: expected one of hash, spray, found \"spry\"; did you mean \"spray\"?");
  CHECK(problems("p: least", true) == "f.yaml:1:4: p: expected one of hash, spray, found \"least\"");
  CHECK(problems("{}", false).empty());
  CHECK_THAT(problems("{}", true), Catch::Contains("expected one of hash, spray, found no such key"));
  CHECK(policy == Policy::Spray);
}

TEST_CASE("a choice of a row is the name of one, and its declaration has the sentences of all")
{
  struct Row {
    std::string_view name;
    std::string_view sentence;
  };
  constexpr std::array Rows{Row{"near", "the nearest one"}, Row{"far", "the one that is farthest away"}};
  const auto read = [&](const std::string& text, const Row*& out, bool is_required = false) {
    return Reading(text,
                   [&](Reader& reader) { reader.choice_of_row<Row>({"p", "which one"}, out, Rows, is_required); });
  };
  const Row* row = &Rows[1];
  CHECK(read("p: near", row).problems().empty());
  CHECK(row == &Rows[0]);
  const Reading absent = read("{}", row);
  CHECK(absent.problems().empty());
  CHECK(row == &Rows[0]);
  const Declaration& declaration = absent.log.declarations.at(0);
  CHECK(declaration.default_text == "near");
  CHECK(declaration.choices == std::vector<std::string>{"near", "far"});
  CHECK(declaration.choice_sentences == std::vector<std::string>{"the nearest one", "the one that is farthest away"});
  CHECK(read("p: nar", row).problems() ==
        "f.yaml:1:4: p: expected one of near, far, found \"nar\"; did you mean \"near\"?");
  const Row* none = nullptr;
  CHECK_THAT(read("{}", none, true).problems(), Catch::Contains("expected one of near, far, found no such key"));
  CHECK(none == nullptr);
}

TEST_CASE("declarations say what a key is")
{
  BytesPerSecond bandwidth = 28_GBps;
  double share = 0.1;
  bool flag = true;
  const Reading reading("flag: false\n", [&](Reader& reader) {
    reader.optional({"bandwidth", "one direction", 1e9}, bandwidth);
    reader.optional_fraction({"share", ""}, share);
    reader.required({"flag", ""}, flag);
    reader.required({"flag", ""}, flag);
  });
  REQUIRE(reading.log.declarations.size() == 3);
  const Declaration& first = reading.log.declarations.at(0);
  CHECK(first.path == "bandwidth");
  CHECK(first.type == "bandwidth");
  CHECK(first.sentence == "one direction");
  CHECK_FALSE(first.required);
  CHECK(first.default_text == "28 GB/s");
  CHECK(first.minimum == 1e9);
  CHECK_FALSE(first.maximum);
  CHECK(reading.log.declarations.at(1).maximum == 1.0);
  CHECK(reading.log.declarations.at(2).required);
  CHECK(reading.log.declarations.at(2).default_text.empty());
}

TEST_CASE("numbers leave their evidence behind and counts do not")
{
  BytesPerSecond bandwidth;
  double factor = 0;
  int count = 0;
  int planes = 0;
  const Reading reading("b: {value: 28 GB/s, evidence: published, source: Fig. 5}\nf: 1.5\nn: 3\n"
                        "p: {value: 7, evidence: measured, source: Table 1}\n",
                        [&](Reader& reader) {
                          reader.required({"b", ""}, bandwidth);
                          reader.required({"f", ""}, factor);
                          reader.required({"n", ""}, count);
                          reader.required({"p", ""}, planes);
                        });
  CHECK(reading.problems().empty());
  CHECK(bandwidth == 28_GBps);
  CHECK(planes == 7);
  REQUIRE(reading.log.provenance.size() == 3);
  CHECK(reading.log.provenance.at(0).evidence == Evidence::Published);
  CHECK(reading.log.provenance.at(1).source == "set in f.yaml:2");
  CHECK(reading.log.provenance.at(2).path == "p");
}

TEST_CASE("a number out of range leaves no evidence behind")
{
  double factor = 1;
  const Reading reading("f: 9\n", [&](Reader& reader) { reader.required({"f", "", 0.0, 2.0}, factor); });
  CHECK(reading.log.provenance.empty());
  CHECK(factor == 1);
}

TEST_CASE("in a part file numbers need their evidence and counts do not")
{
  double factor = 1;
  int count = 0;
  const Reading reading(
      "f: 1.5\nn: 3\n",
      [&](Reader& reader) {
        reader.required({"f", ""}, factor);
        reader.required({"n", ""}, count);
      },
      "configs/parts/x.yaml");
  CHECK(reading.log.problems.size() == 1);
  CHECK_THAT(reading.problems(), Catch::StartsWith("configs/parts/x.yaml:1:4: f: expected a source"));
  CHECK(count == 3);
}

namespace {

struct CountsReading {
  std::vector<std::uint32_t> counts;
  std::string problems;
  ReadingLog log;
};

CountsReading counts_of(const std::string& text, std::optional<double> minimum = {}, std::optional<double> maximum = {})
{
  CountsReading result;
  const Reading reading("a: " + text + "\n",
                        [&](Reader& reader) { reader.counts({"a", "", minimum, maximum}, result.counts, true); });
  result.problems = reading.problems();
  result.log = reading.log;
  return result;
}

}  // namespace

TEST_CASE("counts are a list of integers, or one alone")
{
  CHECK(counts_of("[8, 4]").counts == std::vector<std::uint32_t>{8, 4});
  CHECK(counts_of("8").counts == std::vector<std::uint32_t>{8});
  CHECK(counts_of("[8, 4]").log.declarations.front().value_text == "[8, 4]");
}

TEST_CASE("counts may say why they are believed")
{
  const CountsReading reading = counts_of("{value: [5, 4], evidence: published, source: \"a page\"}");
  CHECK(reading.counts == std::vector<std::uint32_t>{5, 4});
  REQUIRE(reading.log.provenance.size() == 1);
  CHECK(reading.log.provenance.front().value == "[5, 4]");
  CHECK_THAT(counts_of("{value: [5, 4], evidence: published}").problems, Catch::Contains("expected the document"));
}

TEST_CASE("counts that are none are refused with their place")
{
  CHECK_THAT(counts_of("[8, x]").problems, Catch::StartsWith("f.yaml:1:8: a: expected an integer or a list"));
  CHECK_THAT(counts_of("[8, 1.5]").problems, Catch::Contains("without a point"));
  CHECK_THAT(counts_of("[8, -1]").problems, Catch::Contains("found \"-1\""));
  CHECK_THAT(counts_of("[8, [1]]").problems, Catch::Contains("found a list"));
  CHECK_THAT(counts_of("[2, 9]", 2.0, 8.0).problems, Catch::Contains("between 2 and 8"));
  CHECK_THAT(counts_of("[1]", 2.0, 8.0).problems, Catch::Contains("between 2 and 8"));
  CHECK_THAT(counts_of("[]").problems, Catch::Contains("found an empty list"));
  CHECK_THAT(counts_of("{b: 1}").problems, Catch::Contains("found a map"));
}

TEST_CASE("items of a list of maps are read one by one, with their numbers in messages")
{
  std::vector<int> rates;
  const Reading reading("a: [{b: 1}, {b: x}, {c: 3}]\n", [&](Reader& reader) {
    for (Reader& item : reader.sections({"a", "levels"}, true)) {
      item.required({"b", "rate"}, rates.emplace_back());
      item.finish();
    }
  });
  CHECK(rates == std::vector<int>{1, 0, 0});
  CHECK_THAT(reading.problems(), Catch::Contains("a[1].b: expected an integer") && Catch::Contains("a[2].c"));
  const Reading one("a: {b: 1}\n", [&](Reader& reader) { CHECK(reader.sections({"a", ""}, true).empty()); });
  CHECK_THAT(one.problems(), Catch::Contains("a: expected a list of maps like [{...}, {...}], found a map"));
  const Reading none("c: 1\n", [&](Reader& reader) { CHECK(reader.sections({"a", ""}, true).empty()); });
  CHECK_THAT(none.problems(), Catch::Contains("a: expected a value"));
}

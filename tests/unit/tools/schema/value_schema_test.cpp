// Schemas of single values beside the parsers that read them.
#include "sim/units/parse_quantity.h"
#include "tools/schema/value_schema.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <regex>
#include <string>
#include <vector>

using namespace cm::tools;
using cm::sim::config::Declaration;
using Json = nlohmann::ordered_json;

namespace {

Declaration declared(const std::string& type)
{
  Declaration declaration;
  declaration.path = "a";
  declaration.type = type;
  return declaration;
}

Declaration choice(std::vector<std::string> words)
{
  Declaration declaration = declared("choice");
  declaration.choices = std::move(words);
  return declaration;
}

// The pattern of texts of a type.
std::regex pattern_of(const std::string& type)
{
  const Json definitions = value_definitions();
  const Json& definition = definitions.at(type);
  return std::regex(definition.contains("anyOf") ? definition["anyOf"][1]["pattern"].get<std::string>()
                                                 : definition["pattern"].get<std::string>());
}

struct Texts {
  std::string type;
  std::function<bool(const std::string&)> reads;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

// Every unit that the parsers know, and what is near to one.
const std::vector<Texts> Samples{
    {"size",
     [](const std::string& text) { return cm::parse_bytes(text).has_value(); },
     {"1 B", "1.5 kB", "2 MB", "3 GB", "4 TB", "5 KiB", "6 MiB", "7 GiB", "8 TiB", "64GiB", "+1 B", "1e3 B", ".5 kB"},
     {"64", "64 KB", "64 gib", "64 Gb", "1 PB", "GiB", "1e B", "64 GiB x"}},
    {"time",
     [](const std::string& text) { return cm::parse_seconds(text).has_value(); },
     {"1 s", "2 ms", "3 us", "4 ns", "5 ps", "6 min", "7 h", "1.9us", "1e-6 s"},
     {"1", "1 sec", "1 m", "1 S", "1 d"}},
    {"bandwidth",
     [](const std::string& text) { return cm::parse_bytes_per_second(text).has_value(); },
     {"1 B/s", "2 kB/s", "3 MB/s", "4 GB/s", "5 TB/s", "6 KiB/s", "7 MiB/s", "8 GiB/s", "9 TiB/s", "1 Mb/s", "2 Gb/s",
      "3 Tb/s", "4 Gbps", "5 Tbps", "28GB/s"},
     {"28", "28 GB", "28 GBps", "28 Gbit/s", "1 kb/s", "1 Mbps", "1 b/s"}},
    {"compute-rate",
     [](const std::string& text) { return cm::parse_flops_per_second(text).has_value(); },
     {"1 FLOPS", "2 GFLOPS", "3 TFLOPS", "4 PFLOPS", "5 OPS", "6 GOPS", "7 TOPS", "8 POPS"},
     {"752", "752 T", "1 MFLOPS", "1 TFLOP/s", "1 tflops"}},
    {"fraction",
     [](const std::string& text) { return cm::parse_fraction(text).has_value(); },
     {"2 %", "2%", "0.02", "1e-3", "-5 %"},
     {"half", "2 percent", "%", "0.02.1"}},
    {"number",
     [](const std::string& text) { return cm::parse_number(text).has_value(); },
     {"1", "-1.5", "+.5", "1e-300", "2."},
     {"nan", "inf", "0x10", "1 %", "1,5", ""}},
};

}  // namespace

TEST_CASE("a schema takes the texts that the parser reads and refuses those that it does not")
{
  for (const Texts& each : Samples) {
    const std::regex pattern = pattern_of(each.type);
    for (const std::string& text : each.good) {
      INFO(each.type << ": \"" << text << "\"");
      CHECK(each.reads(text));
      CHECK(std::regex_search(text, pattern));
    }
    for (const std::string& text : each.bad) {
      INFO(each.type << ": \"" << text << "\"");
      CHECK_FALSE(each.reads(text));
      CHECK_FALSE(std::regex_search(text, pattern));
    }
  }
}

TEST_CASE("numbers without a unit may be numbers of YAML, and their range is compared")
{
  CHECK(value_definitions()["fraction"]["anyOf"][0] == Json{{"type", "number"}});
  CHECK(value_definitions()["integer"]["anyOf"][0] == Json{{"type", "integer"}});
  CHECK_FALSE(value_definitions()["size"].contains("anyOf"));
  Declaration lanes = declared("integer");
  lanes.minimum = 1;
  lanes.maximum = 8;
  CHECK(value_schema({lanes}, Evidence::Optional)["anyOf"][0] ==
        Json{{"$ref", "#/$defs/integer"}, {"minimum", 1.0}, {"maximum", 8.0}});
  // A size is a text: its range is the reader's business.
  Declaration size = declared("size");
  size.minimum = 1;
  CHECK(value_schema({size}, Evidence::Optional)["anyOf"][0] == Json{{"$ref", "#/$defs/size"}});
}

TEST_CASE("a reference holds no space")
{
  CHECK(value_schema({declared("compute rate")}, Evidence::Optional)["anyOf"][0] ==
        Json{{"$ref", "#/$defs/compute-rate"}});
  CHECK(value_definitions().contains("compute-rate"));
}

TEST_CASE("numbers of parts say where they come from, and elsewhere they may")
{
  const Json part = value_schema({declared("bandwidth")}, Evidence::Required);
  CHECK(part["required"] == Json::array({"value"}));
  CHECK(part["oneOf"] ==
        Json::array({{{"required", {"source", "evidence"}}}, {{"required", Json::array({"assumed"})}}}));
  const Json machine = value_schema({declared("bandwidth")}, Evidence::Optional);
  REQUIRE(machine["anyOf"].size() == 2);
  CHECK(machine["anyOf"][0] == Json{{"$ref", "#/$defs/bandwidth"}});
  CHECK(machine["anyOf"][1] == part);
  // A count may stand bare in a part.
  CHECK(value_schema({declared("integer")}, Evidence::Required)["anyOf"].size() == 2);
}

TEST_CASE("words that YAML reads as something else are allowed as that too")
{
  const auto words = [](std::vector<std::string> each) {
    return value_schema({choice(std::move(each))}, Evidence::Optional)["anyOf"][0]["enum"];
  };
  CHECK(words({"fused", "off"}) == Json::array({"fused", "off", false}));
  CHECK(words({"on", "no"}) == Json::array({"on", true, "no", false}));
  CHECK(words({"auto", "2"}) == Json::array({"auto", "2", 2.0}));
}

TEST_CASE("a key that is declared twice is allowed in both ways, each once")
{
  const Json both = value_schema({declared("map"), choice({"auto"})}, Evidence::Optional);
  REQUIRE(both["anyOf"].size() == 3);
  CHECK(both["anyOf"][0] == Json{{"type", {"object", "null"}}});
  CHECK(value_schema({declared("size"), declared("size")}, Evidence::Optional)["anyOf"].size() == 2);
  // Anything goes where one reader takes anything.
  CHECK(value_schema({declared("any"), declared("size")}, Evidence::Optional) == Json::object());
  CHECK(value_schema({}, Evidence::Optional) == Json::object());
}

TEST_CASE("counts are an integer or a list of integers")
{
  const Json counts = value_schema({declared("counts")}, Evidence::Required)["anyOf"][0]["anyOf"];
  CHECK(counts[0] == Json{{"$ref", "#/$defs/integer"}});
  CHECK(counts[1]["items"] == counts[0]);
}

TEST_CASE("a default is written as YAML would hold it")
{
  const auto default_of = [](const std::string& type, const std::string& text) {
    Declaration declaration = declared(type);
    declaration.default_text = text;
    return default_value(declaration);
  };
  CHECK(default_of("integer", "96").dump() == "96");
  CHECK(default_of("number", "0.9").dump() == "0.9");
  CHECK(default_of("boolean", "true").dump() == "true");
  CHECK(default_of("boolean", "false").dump() == "false");
  CHECK(default_of("size", "512 B").dump() == "\"512 B\"");
  CHECK(default_of("fraction", "2 %").dump() == "\"2 %\"");
  CHECK(default_of("choice", "2").dump() == "\"2\"");
}

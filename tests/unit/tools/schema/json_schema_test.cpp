// Schemas of whole files, from a catalogue of a few keys made here.
#include "tools/schema/json_schema.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>
#include <string>

using namespace cm::tools;
using Json = nlohmann::ordered_json;

namespace {

CatalogueKey key(const std::string& type, bool required = false, std::size_t readings = 1)
{
  CatalogueKey key;
  key.declarations.emplace_back();
  key.declarations.front().type = type;
  key.declarations.front().sentence = "a " + type;
  key.declarations.front().required = required;
  key.readings = readings;
  return key;
}

KeyCatalogue catalogue()
{
  KeyCatalogue catalogue;
  catalogue.scenario = {
      {"machine", key("any", true)}, {"model", key("any")}, {"overrides", key("map")}, {"workload", key("map", true)}};
  catalogue.machine = {
      {"die.hbm", key("size", true)}, {"die.cores", key("integer", true)}, {"name", key("text", true)}};
  catalogue.model = {{"layers", key("integer", true)}};
  catalogue.sweep = {{"bases[].name", key("text", true)}};
  catalogue.workloads["ep"] = {{"kind", key("choice", true)}, {"ep", key("integer", true)}};
  catalogue.workloads["gemm"] = {{"kind", key("choice", true)}, {"m", key("integer", true)}};
  catalogue.part_sections["some-die"] = {"die"};
  for (KeyTable* const table : {&catalogue.calibration_with_tables, &catalogue.calibration_with_rows})
    *table = {{"rows[].deviation", key("text")},
              {"parameters", key("map", true)},
              {"parameters[].low", key("number", true)},
              {"parameters[].prior", key("number", true)}};
  return catalogue;
}

Json schema_of(const std::string& kind)
{
  return Json::parse(json_schema(catalogue(), kind));
}

}  // namespace

TEST_CASE("a map refuses keys that no reader knows and requires those that every reader does")
{
  const Json schema = schema_of("model");
  CHECK(schema["title"] == "cmsim model");
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["required"] == Json::array({"layers"}));
  CHECK(schema["properties"]["layers"]["description"] == "a integer");
  CHECK(schema["$defs"].contains("integer"));
}

TEST_CASE("a machine may leave to its parts what it requires, and a part to its machine")
{
  const Json machine = schema_of("machine");
  CHECK_FALSE(machine.contains("required"));
  CHECK_FALSE(machine["properties"]["die"].contains("required"));
  CHECK(machine["properties"]["die"]["properties"].contains("part"));
  const Json part = schema_of("part");
  REQUIRE(part["anyOf"].size() == 1);
  CHECK(part["anyOf"][0]["title"] == "machine.die");
  CHECK_FALSE(part["anyOf"][0].contains("required"));
  // A number in a part says where it comes from; in a machine it may.
  CHECK(part["anyOf"][0]["properties"]["hbm"]["type"] == "object");
  CHECK(machine["properties"]["die"]["properties"]["hbm"]["anyOf"].size() == 2);
}

TEST_CASE("a scenario has one workload of a kind, which alone must be there")
{
  const Json schema = schema_of("scenario");
  CHECK(schema["required"] == Json::array({"machine", "workload"}));
  CHECK(schema["properties"]["machine"]["type"] == "string");
  const Json& kinds = schema["properties"]["workload"]["oneOf"];
  REQUIRE(kinds.size() == 2);
  CHECK(kinds[0]["properties"]["kind"] == Json{{"const", "ep"}});
  CHECK(kinds[0]["required"] == Json::array({"kind"}));
  CHECK(kinds[1]["properties"].contains("m"));
  CHECK_FALSE(kinds[1]["properties"].contains("ep"));
}

TEST_CASE("a list is a list of its items")
{
  const Json schema = schema_of("sweep");
  CHECK(schema["properties"]["bases"]["type"] == "array");
  CHECK(schema["properties"]["bases"]["items"]["required"] == Json::array({"name"}));
}

TEST_CASE("parameters of a calibration are a map by their keys, of which a prior may be missing")
{
  const Json schema = schema_of("calibration");
  const Json& parameters = schema["properties"]["parameters"];
  CHECK(parameters["type"] == "object");
  CHECK(parameters["minProperties"] == 1);
  CHECK(parameters["additionalProperties"]["required"] == Json::array({"low"}));
}

TEST_CASE("networks of a machine may be listed by role, with the keys of their planes")
{
  KeyCatalogue machines = catalogue();
  machines.machine["fabrics"] = key("map");
  machines.machine["ub.mtu"] = key("size");
  machines.machine["vpc.latency"] = key("time");
  const Json schema = Json::parse(json_schema(machines, "machine"));
  const Json& fabrics = schema["properties"]["fabrics"];
  CHECK(fabrics["properties"]["scale_up"] == schema["properties"]["ub"]);
  CHECK(fabrics["properties"]["front"]["properties"].contains("latency"));
  CHECK(fabrics["additionalProperties"] == false);
  CHECK_FALSE(schema_of("machine")["properties"].contains("ub"));
}

TEST_CASE("without a kind a file may be of any")
{
  const Json schema = schema_of("");
  CHECK(schema["title"] == "cmsim configuration");
  CHECK(schema["anyOf"].size() == schema_kinds().size());
}

TEST_CASE("every kind has a name and a sentence for --help")
{
  std::set<std::string_view> names;
  for (const SchemaKind& kind : schema_kinds()) {
    CHECK(names.insert(kind.name).second);
    CHECK_FALSE(kind.sentence.empty());
    CHECK(schema_of(std::string(kind.name))["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  }
}

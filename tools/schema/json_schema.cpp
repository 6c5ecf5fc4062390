#include "tools/schema/json_schema.h"

#include "sim/config/suggestion.h"
#include "tools/schema/key_tree.h"
#include "tools/schema/value_schema.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<SchemaKind, 6> Kinds{{
    {"scenario", "files of configs/scenarios"},
    {"machine", "files of configs/machines"},
    {"model", "files of configs/models"},
    {"sweep", "files of configs/sweeps"},
    {"part", "files of configs/parts"},
    {"calibration", "files of configs/calibrations"},
}};

// Whether required keys may be missing: a part may hold them.
enum class Parts { None, Allowed };

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
Json map_schema(const KeyNode& node, Evidence evidence, Parts parts);

// The key's sentence, with those of its words where they have some.
std::string description_of(const sim::config::Declaration& declaration)
{
  std::vector<std::string> words;
  for (std::size_t i = 0; i < declaration.choice_sentences.size(); ++i)
    words.push_back(fmt::format("{}: {}", declaration.choices[i], declaration.choice_sentences[i]));
  return words.empty() ? declaration.sentence
                       : fmt::format("{} ({})", declaration.sentence, sim::config::joined(words, "; "));
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
Json node_schema(const KeyNode& node, Evidence evidence, Parts parts)
{
  Json schema = Json::object();
  if (node.item != nullptr)
    schema = {{"type", "array"}, {"items", map_schema(*node.item, evidence, Parts::None)}};
  else if (!node.children.empty() && !node.is_free())
    schema = map_schema(node, evidence, parts);
  else
    schema = value_schema(node.key.declarations, evidence);
  if (!node.key.declarations.empty()) {
    schema["description"] = description_of(node.key.declarations.front());
    if (const std::string& text = node.key.declarations.front().default_text; !text.empty())
      schema["default"] = default_value(node.key.declarations.front());
  }
  return schema;
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
Json map_schema(const KeyNode& node, Evidence evidence, Parts parts)
{
  Json properties = Json::object();
  Json required = Json::array();
  for (const auto& [name, child] : node.children) {
    properties[name] = node_schema(child, evidence, parts);
    if (child.is_required(node.key.readings))
      required.push_back(name);
  }
  if (parts == Parts::Allowed)
    properties["part"] = {{"type", "string"}, {"description", "a name in configs/parts, whose keys stand here"}};
  Json schema = {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty() && parts == Parts::None)
    schema["required"] = std::move(required);
  return schema;
}

Json scenario_schema(const KeyCatalogue& catalogue)
{
  Json schema = map_schema(key_tree(catalogue.scenario), Evidence::Optional, Parts::None);
  Json kinds = Json::array();
  for (const auto& [kind, table] : catalogue.workloads) {
    Json one = map_schema(key_tree(table), Evidence::Optional, Parts::None);
    one["properties"]["kind"] = {{"const", kind}};
    // A scenario may leave to --set what its workload requires, but not its kind.
    one["required"] = Json::array({"kind"});
    kinds.push_back(std::move(one));
  }
  const Json sentence = schema["properties"]["workload"]["description"];
  schema["properties"]["workload"] = {{"description", sentence}, {"oneOf", std::move(kinds)}};
  schema["properties"]["machine"]["type"] = "string";
  schema["properties"]["model"]["type"] = "string";
  schema["properties"]["overrides"]["type"] = Json::array({"object", "null"});
  return schema;
}

// Networks may be listed by role too, with the keys of their planes.
Json machine_schema(const KeyCatalogue& catalogue)
{
  Json schema = map_schema(key_tree(catalogue.machine), Evidence::Optional, Parts::Allowed);
  Json& properties = schema["properties"];
  if (!properties.contains("fabrics"))
    return schema;
  Json roles = Json::object();
  for (const auto& [role, plane] :
       {std::pair("scale_up", "ub"), std::pair("scale_out", "rdma"), std::pair("front", "vpc")})
    if (properties.contains(plane))
      roles[role] = properties[plane];
  Json& fabrics = properties["fabrics"];
  const Json sentence = fabrics["description"];
  fabrics = {
      {"type", "object"}, {"description", sentence}, {"properties", std::move(roles)}, {"additionalProperties", false}};
  return schema;
}

Json part_schema(const KeyCatalogue& catalogue)
{
  const KeyNode tree = key_tree(catalogue.machine);
  Json sections = Json::array();
  std::set<std::string> known;
  for (const auto& [part, paths] : catalogue.part_sections)
    for (const std::string& path : paths)
      if (const KeyNode* node = tree.find(path); node != nullptr && known.insert(path).second) {
        Json one = map_schema(*node, Evidence::Required, Parts::None);
        // The machine may add what its part leaves open.
        one.erase("required");
        one["title"] = "machine." + path;
        sections.push_back(std::move(one));
      }
  return {{"anyOf", std::move(sections)}};
}

// Rows are tables or single rows, parameters a map by their keys in the configuration.
Json calibration_schema(const KeyCatalogue& catalogue)
{
  Json schema = map_schema(key_tree(catalogue.calibration_with_tables), Evidence::Optional, Parts::None);
  const Json other = map_schema(key_tree(catalogue.calibration_with_rows), Evidence::Optional, Parts::None);
  Json& rows = schema["properties"]["rows"];
  rows["items"] = {{"anyOf", Json::array({rows["items"], other["properties"]["rows"]["items"]})}};
  // Read as a text since its unit is the metric's, which only the run knows.
  const Json share = {{"$ref", "#/$defs/fraction"}};
  for (Json& row : rows["items"]["anyOf"])
    row["properties"]["deviation"]["anyOf"] = Json::array({share});
  Json& parameters = schema["properties"]["parameters"];
  Json keys = parameters["items"];
  // Looked for before it is read.
  Json required = Json::array();
  for (const Json& key : keys["required"])
    if (key != "prior")
      required.push_back(key);
  keys["required"] = required;
  parameters = {{"type", "object"},
                {"description", parameters["description"]},
                {"minProperties", 1},
                {"additionalProperties", keys}};
  return schema;
}

Json schema_of(const KeyCatalogue& catalogue, std::string_view kind)
{
  if (kind == "scenario")
    return scenario_schema(catalogue);
  if (kind == "machine")
    return machine_schema(catalogue);
  if (kind == "model")
    return map_schema(key_tree(catalogue.model), Evidence::Optional, Parts::None);
  if (kind == "sweep")
    return map_schema(key_tree(catalogue.sweep), Evidence::Optional, Parts::None);
  if (kind == "calibration")
    return calibration_schema(catalogue);
  return part_schema(catalogue);
}

}  // namespace

std::span<const SchemaKind> schema_kinds()
{
  return Kinds;
}

std::string json_schema(const KeyCatalogue& catalogue, const std::string& kind)
{
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", kind.empty() ? "cmsim configuration" : "cmsim " + kind}};
  if (kind.empty()) {
    Json all = Json::array();
    for (const SchemaKind& each : Kinds)
      all.push_back(schema_of(catalogue, each.name));
    schema["anyOf"] = std::move(all);
  } else {
    schema.update(schema_of(catalogue, kind));
  }
  schema["$defs"] = value_definitions();
  return schema.dump(2) + "\n";
}

}  // namespace cm::tools

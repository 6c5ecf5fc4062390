#include "tools/schema/value_schema.h"

#include "sim/units/parse_quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;
using sim::config::Declaration;

// How each type of value is written, as a schema that "$defs" holds under the type's name. Units are those that
// sim/units/parse_quantity reads.
struct ValueType {
  std::string_view name;
  std::string_view number;  // pattern; empty for a text
  std::string_view unit;    // pattern
  bool needs_evidence = false;
};

constexpr std::string_view Decimal = R"([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)";
constexpr std::string_view Bytes = "(B|[kMGT]B|[KMGT]iB)";
constexpr std::string_view Rates = "((B|[kMGT]B|[KMGT]iB|[MGT]b)/s|[GT]bps)";
constexpr std::array<ValueType, 8> Types{{
    {"number", Decimal, "", true},
    {"integer", "[+-]?[0-9]+", ""},
    {"fraction", Decimal, "%?", true},
    {"size", Decimal, Bytes, true},
    {"time", Decimal, "(s|ms|us|ns|ps|min|h)", true},
    {"bandwidth", Decimal, Rates, true},
    {"compute rate", Decimal, "[GTP]?(FLOPS|OPS)", true},
    {"text", "", ""},
}};

const ValueType* find_type(std::string_view name)
{
  const auto found = std::ranges::find(Types, name, &ValueType::name);
  return found == Types.end() ? nullptr : &*found;
}

// A reference may hold no space.
std::string key_of(const ValueType& type)
{
  std::string key(type.name);
  std::ranges::replace(key, ' ', '-');
  return key;
}

bool is_plain_number(std::string_view type)
{
  return type == "number" || type == "integer" || type == "fraction";
}

Json definition(const ValueType& type)
{
  if (type.number.empty())
    return {{"type", "string"}, {"minLength", 1}};
  Json text = {{"type", "string"}, {"pattern", fmt::format("^[ \\t]*{}[ \\t]*{}$", type.number, type.unit)}};
  if (!is_plain_number(type.name))
    return text;
  // YAML makes some of them numbers ("1.5") and some of them texts ("2 %", "1e-3" in YAML 1.1).
  return {{"anyOf", Json::array({{{"type", type.name == "integer" ? "integer" : "number"}}, std::move(text)})}};
}

Json choice_schema(const Declaration& declaration)
{
  Json words = Json::array();
  for (const std::string& word : declaration.choices) {
    words.push_back(word);
    // In YAML 1.1 these words are no texts, and 1 and 2 are numbers.
    if (word == "off" || word == "no" || word == "false")
      words.push_back(false);
    else if (word == "on" || word == "yes" || word == "true")
      words.push_back(true);
    else if (const auto number = parse_number(word))
      words.push_back(*number);
  }
  return {{"enum", std::move(words)}};
}

Json bare_schema(const Declaration& declaration)
{
  if (declaration.type == "choice")
    return choice_schema(declaration);
  if (declaration.type == "boolean")
    return {{"type", "boolean"}};
  if (declaration.type == "map")
    return {{"type", Json::array({"object", "null"})}};
  if (declaration.type == "counts") {
    const Json count = {{"$ref", "#/$defs/integer"}};
    return {{"anyOf", Json::array({count, {{"type", "array"}, {"items", count}, {"minItems", 1}}})}};
  }
  const ValueType* type = find_type(declaration.type);
  if (type == nullptr)
    return Json::object();
  Json schema = {{"$ref", fmt::format("#/$defs/{}", key_of(*type))}};
  // Only numbers without a unit can be compared; texts pass.
  if (is_plain_number(type->name)) {
    if (declaration.minimum)
      schema["minimum"] = *declaration.minimum;
    if (declaration.maximum)
      schema["maximum"] = *declaration.maximum;
  }
  return schema;
}

Json with_evidence(const Json& bare)
{
  const Json text = {{"type", "string"}, {"minLength", 1}};
  return {{"type", "object"},
          {"properties",
           {{"value", bare},
            {"evidence", {{"enum", {"measured", "published", "derived", "calibrated", "assumed"}}}},
            {"source", text},
            {"assumed", text},
            {"fitted_to", text},
            {"uncertainty", text},
            {"range", {{"type", "array"}, {"items", bare}, {"minItems", 2}, {"maxItems", 2}}}}},
          {"required", Json::array({"value"})},
          {"oneOf", Json::array({{{"required", Json::array({"source", "evidence"})}},
                                 {{"required", Json::array({"assumed"})}}})},
          {"additionalProperties", false}};
}

bool is_scalar(const Declaration& declaration)
{
  return declaration.type != "any" && declaration.type != "map";
}

}  // namespace

Json value_schema(const std::vector<Declaration>& declarations, Evidence evidence)
{
  Json forms = Json::array();
  for (const Declaration& declaration : declarations) {
    const ValueType* type = find_type(declaration.type);
    const bool needs_evidence = type != nullptr && type->needs_evidence && evidence == Evidence::Required;
    const Json bare = bare_schema(declaration);
    if (bare.empty())
      return Json::object();
    for (const Json& form : {needs_evidence ? Json() : bare, is_scalar(declaration) ? with_evidence(bare) : Json()})
      if (!form.is_null() && std::ranges::find(forms, form) == forms.end())
        forms.push_back(form);
  }
  if (forms.empty())
    return Json::object();
  return forms.size() == 1 ? forms.front() : Json{{"anyOf", std::move(forms)}};
}

Json default_value(const Declaration& declaration)
{
  if (declaration.type == "boolean")
    return declaration.default_text == "true";
  const auto number = parse_number(declaration.default_text);
  if (declaration.type == "integer" && number)
    return static_cast<std::int64_t>(*number);
  return is_plain_number(declaration.type) && number ? Json(*number) : Json(declaration.default_text);
}

Json value_definitions()
{
  Json definitions = Json::object();
  for (const ValueType& type : Types)
    definitions[key_of(type)] = definition(type);
  return definitions;
}

}  // namespace cm::tools

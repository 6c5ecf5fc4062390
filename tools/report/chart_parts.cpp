#include "tools/report/chart_parts.h"

namespace cm::tools {

Json specification_of(Json rows, int height)
{
  return {{"$schema", "https://vega.github.io/schema/vega-lite/v6.json"},
          {"width", "container"},
          {"height", height},
          {"autosize", {{"type", "fit-x"}, {"contains", "padding"}}},
          {"data", {{"values", std::move(rows)}}}};
}

std::string field_name(const std::string& field)
{
  std::string name;
  for (const char letter : field) {
    if (letter == '.' || letter == '[' || letter == ']' || letter == '\\')
      name += '\\';
    name += letter;
  }
  return name;
}

Json channel(const std::string& field, const std::string& type, const std::string& title, const Json& more)
{
  Json result = {{"field", field_name(field)}, {"type", type}, {"title", title}};
  result.update(more);
  return result;
}

std::string datum(const std::string& field)
{
  return "datum[" + Json(field).dump(-1, ' ', true, Json::error_handler_t::replace) + "]";
}

Json line_colours()
{
  return {{"sort", nullptr}, {"legend", {{"orient", "top"}, {"title", nullptr}, {"columns", 2}}}};
}

Json choice(const std::string& parameter, const std::string& label, const std::vector<std::string>& options)
{
  return {{"name", parameter},
          {"value", options.front()},
          {"bind", {{"input", "select"}, {"name", label + " "}, {"options", options}}}};
}

}  // namespace cm::tools

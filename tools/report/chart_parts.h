// Parts that the specifications of charts have in common.
#pragma once

#include "tools/report/page.h"

#include <string>
#include <vector>

namespace cm::tools {

// $schema, size, no title; `rows` are objects of equal keys.
Json specification_of(Json rows, int height);

// A channel: {"field", "type", "title"} and what else is in `more`. A dot or bracket in a field's name is part of it.
Json channel(const std::string& field, const std::string& type, const std::string& title,
             const Json& more = Json::object());

// The text of a field's name inside an expression: datum["name"].
std::string datum(const std::string& field);

// A field's name as channels want it: dots and brackets escaped.
std::string field_name(const std::string& field);

// Further properties of the colour channel of lines: the order of the data, and a legend on top that a narrow chart
// holds.
Json line_colours();

// A parameter of a chart that its reader chooses from a list.
Json choice(const std::string& parameter, const std::string& label, const std::vector<std::string>& options);

}  // namespace cm::tools

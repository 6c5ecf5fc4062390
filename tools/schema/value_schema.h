// Single values in JSON Schema.
#pragma once

#include "sim/config/reading_log.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace cm::tools {

// Numbers of parts must say where they come from; elsewhere they may.
enum class Evidence { Optional, Required };

// Schema of the values of a key that was declared in these ways: each of them is allowed.
nlohmann::ordered_json value_schema(const std::vector<sim::config::Declaration>& declarations, Evidence evidence);

// As YAML would hold it: a number where the type is one, else the text.
nlohmann::ordered_json default_value(const sim::config::Declaration& declaration);

// Definitions that value_schema refers to, for "$defs".
nlohmann::ordered_json value_definitions();

}  // namespace cm::tools

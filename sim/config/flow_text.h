// A tree as YAML on one line.
#pragma once

#include "sim/config/value.h"

#include <string>

namespace cm::sim::config {

// For people: "8", "[1, 2]", "{redundant: 32, shared_copies: 32}". Texts inside lists and maps stand in quotes where
// YAML needs them.
std::string flow_text(const Value& value);

// The same with quotes around a lone text that needs them too: parse_text() gives the tree back.
std::string parsable_flow_text(const Value& value);

}  // namespace cm::sim::config

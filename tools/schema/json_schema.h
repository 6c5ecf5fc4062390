// JSON Schema (draft 2020-12) of our YAML files, so that editors complete and check them while they are written.
//
// It says what single keys may hold. What only holds between keys (slots that must divide, names that must exist) is
// the readers' business, and so is what a part leaves for its machine to say.
#pragma once

#include "tools/schema/key_catalogue.h"

#include <span>
#include <string>
#include <string_view>

namespace cm::tools {

struct SchemaKind {
  std::string_view name;
  std::string_view sentence;  // for --help
};

// scenario, machine, model, sweep, part, calibration
std::span<const SchemaKind> schema_kinds();

// Schema of one kind of file; with an empty name, one that accepts all kinds. Two-space indented.
std::string json_schema(const KeyCatalogue& catalogue, const std::string& kind);

}  // namespace cm::tools

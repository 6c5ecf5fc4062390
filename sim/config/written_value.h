// A single value as it stands in the file: bare, or as a map that says why we believe it.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"

#include <optional>
#include <string>
#include <string_view>

namespace cm::sim::config {

struct WrittenValue {
  const Value* scalar;  // the value itself, inside its map if it has one
  // Evidence and source; for a bare value, that it was assumed where it stands. Empty when the kind needs no evidence
  // and gives none.
  std::optional<Provenance> provenance;
};

// Reports what is wrong with the form, and is empty then. `expected` describes the value in messages ("a bandwidth
// like ..."). Numbers need evidence, and in a file below a folder "parts" they must give it.
std::optional<WrittenValue> written_value(const Value& value, const std::string& path, std::string_view expected,
                                          bool needs_evidence, ReadingLog& log);

}  // namespace cm::sim::config

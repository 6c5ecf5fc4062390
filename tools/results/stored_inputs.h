// Inputs that a stored result names for itself: `run.inputs` of a result.json or of a point of a sweep.
#pragma once

#include "sim/metrics/inputs.h"
#include "tools/files/json_file.h"

#include <optional>
#include <string>

namespace cm::tools {

struct StoredInputs {
  std::string scenario;  // as the user named it
  std::string seed;
  std::string program;  // "0.1.0 (757147b1f0aa)"
  sim::metrics::Inputs inputs;

  // Kind of the workload; empty when the result does not tell it.
  [[nodiscard]] std::string kind() const;
  // Service levels of the search that the result is of: "slo.ttft=2s,slo.tpot=50ms"; empty: it is of a lone run.
  [[nodiscard]] std::string searched_levels() const;
};

// Empty when the result says nothing of it, as those of earlier versions. What is wrong goes to the file's log.
std::optional<StoredInputs> read_stored_inputs(const JsonFile& file);

}  // namespace cm::tools

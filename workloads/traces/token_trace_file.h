// Token-level routing of a real model from two files beside each other: NAME.json says what NAME.u8 or NAME.u8.gz
// holds, unsigned bytes [token][layer][k], each the number of an expert. The form of the ESFT traces; either file may
// be named. docs/models/gates-and-placement.md shows one.
#pragma once

#include "models/experts/recorded_routing.h"

#include <string>
#include <variant>
#include <vector>

namespace cm::workloads {

// Value that was read, or all that is wrong with it, one problem an entry, each with its file and place.
template <typename Read>
using ReadOrProblems = std::variant<Read, std::vector<std::string>>;

struct TokenTraceFiles {
  std::string description;
  std::string bytes;  // the packed one where both are there
};

// Files at a path of either file, or of NAME alone.
TokenTraceFiles token_trace_files(const std::string& path);

ReadOrProblems<models::TokenTrace> read_token_trace(const TokenTraceFiles& files);

}  // namespace cm::workloads

// How often each expert was chosen, from a file, plain or gzip:
//   CSV    a first line "layer,expert,count", then one line an expert and layer; "#" starts a comment
//   JSON   a list of {"layer": 0, "expert": 0, "count": 120}
//   SGLang a dump of its recorder as JSON, {"logical_count": [layer][expert]}, or [step][layer][expert], whose steps
//   are
//          added up
// Layers are MoE layers, counted from 0. Every expert of every layer stands in it once.
#pragma once

#include "models/experts/recorded_routing.h"
#include "workloads/traces/token_trace_file.h"

#include <string>

namespace cm::workloads {

// `top_k`: of the model whose counts they are. An expert that was chosen by more tokens than there can have been is a
// problem.
ReadOrProblems<models::ExpertCounts> read_expert_counts(const std::string& path, std::uint32_t top_k);

}  // namespace cm::workloads

// A placement from a file, plain or gzip, in one of two forms: a NumPy array of integers [rank][layer][expert], 1 where
// the rank holds the expert and 0 elsewhere, as omni-infer ships them; or an expert map of vLLM-Ascend
// (expert_map_file.h).
#pragma once

#include "models/experts/placement_table.h"
#include "workloads/traces/token_trace_file.h"

#include <string>

namespace cm::workloads {

// Checked: the form, every expert of a layer on some rank, equally many on every rank of a layer.
ReadOrProblems<models::PlacementTable> read_placement(const std::string& path);

}  // namespace cm::workloads

// A placement from a NumPy file, plain or gzip: integers [rank][layer][expert], 1 where the rank holds the expert and 0
// elsewhere. The form of the placements that omni-infer ships.
#pragma once

#include "models/experts/placement_table.h"
#include "workloads/traces/token_trace_file.h"

#include <string>

namespace cm::workloads {

// Checked: the form, only 0 and 1, every expert of a layer on some rank, equally many on every rank of a layer.
ReadOrProblems<models::PlacementTable> read_placement(const std::string& path);

}  // namespace cm::workloads

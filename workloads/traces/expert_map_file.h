// A placement from the expert map of vLLM-Ascend, JSON, plain or gzip:
//   {"moe_layer_count": 1, "layer_list": [{"layer_id": 0, "device_count": 2, "device_list":
//     [{"device_id": 0, "device_expert": [0, 1, 2]}, {"device_id": 1, "device_expert": [2, 3, 0]}]}]}
#pragma once

#include "models/experts/placement_table.h"
#include "workloads/traces/problem_list.h"

#include <string>

namespace cm::workloads {

// Whether the file begins as JSON does. Throws ConfigError when it cannot be read.
bool begins_like_json_object(const std::string& path);

// Layers and devices counted from 0, each once. What is wrong goes into `problems`, with its place; whether a layer is
// whole is not looked at (check_placement). Throws ConfigError when the file cannot be read.
models::PlacementTable read_expert_map(const std::string& path, ProblemList& problems);

}  // namespace cm::workloads

// Inside the node first or last: every rank talks to the ranks of its own node and to those in its own place in the
// other nodes, never to both in one step. Fewer and larger messages between nodes.
#pragma once

#include "models/collectives/collective_plan.h"
#include "models/collectives/operation.h"

namespace cm::models {

// Answers all-to-all, all-gather, reduce-scatter, all-reduce and broadcast of ranks that fill more than one whole
// group.
CollectivePlan plan_hierarchical(const CollectiveQuestion& question);

}  // namespace cm::models

// One peer at a time: in step k every rank sends to the k-th rank after it and waits for the k-th before it. As many
// bytes as the direct exchange in n-1 steps, with a single sender for every receiver.
#pragma once

#include "models/collectives/collective_plan.h"
#include "models/collectives/operation.h"

namespace cm::models {

// Answers all-to-all, all-gather, reduce-scatter and all-reduce.
CollectivePlan plan_pairwise(const CollectiveQuestion& question);

}  // namespace cm::models

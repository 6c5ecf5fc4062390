// Data goes around: every rank sends to the next one only, n-1 steps a round.
//
// Reduce-scatter and all-gather move n-1 shares a rank; all-reduce is the one and then the other, 2 (n-1)/n of the
// vector (Patarasuk and Yuan 2009). Broadcast hands out shares and sends them around. All-to-all passes on what is not
// yet at home: n/2 times the bytes of the direct exchange, on machines where only neighbours are near.
#pragma once

#include "models/collectives/collective_plan.h"
#include "models/collectives/operation.h"

namespace cm::models {

// Answers all-to-all, all-gather, reduce-scatter, all-reduce and broadcast.
CollectivePlan plan_ring(const CollectiveQuestion& question);

}  // namespace cm::models

// Everybody sends straight to everybody, each rank starting with the next one and walking on: one step, or two where a
// reduction lies between.
#pragma once

#include "models/collectives/collective_plan.h"
#include "models/collectives/operation.h"

namespace cm::models {

// Answers every operation.
CollectivePlan plan_direct(const CollectiveQuestion& question);

}  // namespace cm::models

// A collective as work: messages in steps, and what is added up between them.
//
// A rank enters step k+1 when everything that it is sent in step k has arrived, what it sends in step k is acknowledged
// and its reduction of step k is done. Ranks move on their own: nobody waits for a rank that it exchanges nothing with.
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>
#include <vector>

namespace cm::models {

struct PlannedMessage {
  std::uint32_t step = 0;
  std::uint32_t to = 0;
  Bytes bytes;

  friend bool operator==(const PlannedMessage&, const PlannedMessage&) = default;
};

// `inputs` vectors are read and their sum is written.
struct Reduction {
  std::uint32_t step = 0;
  std::uint32_t inputs = 0;
  Bytes vector;

  [[nodiscard]] Bytes memory_traffic() const { return vector * (std::int64_t{inputs} + 1); }
  friend bool operator==(const Reduction&, const Reduction&) = default;
};

// Both in the order of their steps; at most one reduction a step.
struct RankPlan {
  std::vector<PlannedMessage> messages;
  std::vector<Reduction> reductions;
};

struct CollectivePlan {
  std::uint32_t steps = 0;
  std::vector<RankPlan> ranks;
};

Bytes bytes_sent(const CollectivePlan& plan, std::uint32_t rank);
// [step * ranks + rank]
std::vector<Bytes> bytes_received(const CollectivePlan& plan);

// Writes a plan step by step.
class PlanWriter {
 public:
  explicit PlanWriter(std::uint32_t ranks) { plan_.ranks.resize(ranks); }

  void next_step() { ++plan_.steps; }
  // In the step opened last. Nothing to send is no message; a rank sends nothing to itself.
  void send(std::uint32_t from, std::uint32_t to, Bytes bytes);
  void reduce(std::uint32_t rank, std::uint32_t inputs, Bytes vector);
  CollectivePlan take() && { return std::move(plan_); }

 private:
  CollectivePlan plan_;
};

}  // namespace cm::models

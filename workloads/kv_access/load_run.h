// Dies that read and write blocks of the pool, each with a fixed number of accesses under way.
#pragma once

#include "sim/metrics/histogram.h"
#include "workloads/kv_access/access_runner.h"
#include "workloads/kv_access/block_choice.h"
#include "workloads/kv_access/kv_spec.h"
#include "workloads/kv_access/running_accesses.h"

#include <map>

namespace cm::workloads {

struct LoadResult {
  LoadResult();

  sim::metrics::Histogram access;
  std::array<sim::metrics::Histogram, models::Shares> shares;
  std::map<models::Tier, sim::metrics::Histogram> tiers;  // by the tier of a block's first place
  std::uint64_t copies_read = 0;                          // reads that found a migrated copy
  std::uint64_t copies_made = 0;
  std::int64_t bytes = 0;
  Picoseconds span;  // from the first issue to the last end

  [[nodiscard]] double bandwidth_gb_s() const;
};

class LoadRun final : public AccessListener {
 public:
  // All borrowed.
  LoadRun(const KvSpec& spec, const models::MachineSpec& machine, sim::streams::DataPlane& plane, AccessRunner& runner,
          std::uint64_t seed);

  // Raises `done` when the last access has ended.
  void start(sim::streams::Signal done);
  void on_access(std::uint64_t tag, const AccessTimes& times) override;

  [[nodiscard]] const LoadResult& result() const { return result_; }

 private:
  void start_next(std::uint32_t die);
  [[nodiscard]] std::vector<models::Place> places_of(std::uint64_t block) const;

  const KvSpec& spec_;
  const models::MachineSpec& machine_;
  sim::streams::DataPlane& plane_;
  AccessRunner& runner_;
  sim::streams::Signal done_ = 0;
  models::AddressMap map_;
  BlockChoice choice_;
  std::map<std::pair<models::Tier, bool>, models::AccessPath> paths_;  // by tier and whether it writes
  std::vector<models::HotBlockCache> copies_;                          // [die]
  std::vector<int> left_;                                              // [die]: accesses still to start
  RunningAccesses running_;
  Picoseconds start_;
  LoadResult result_;
};

}  // namespace cm::workloads

// The context cache at work: what a look-up takes, and how blocks travel between servers and prefill instances.
#pragma once

#include "models/kv_cache/context_cache.h"
#include "workloads/serving/planes/planes.h"
#include "workloads/serving/requests/in_flight.h"

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace cm::workloads {

class KvPool {
 public:
  // All arguments are borrowed.
  KvPool(const ServingSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine, Planes& planes);

  // Puts what the service has seen of the prompt before the run into the pool; takes no time.
  void remember(const Request& request);
  // Blocks as long as hashing the prompt's blocks takes.
  void look_up(sim::engine::Control& control, InFlight& request);
  // Blocks until those that are cached now are in the memory of the request's instance.
  void load(sim::engine::Control& control, InFlight& request);
  // Blocks until the new blocks of the prompts are in the pool. They can be found from the start.
  void store(sim::engine::Control& control, std::uint32_t instance, const std::vector<std::uint64_t>& keys);

  // Tokens of the prompt that a look-up would find now.
  [[nodiscard]] std::int64_t cached_tokens(const Request& request) const;
  // Keys of the full blocks: only they are stored.
  [[nodiscard]] std::span<const std::uint64_t> full_blocks(const Request& request) const;

  // Blocks found in a tier over all blocks of prompts that were looked up; empty when none were.
  [[nodiscard]] std::optional<double> hit_rate(models::ContextCache::Tier tier) const
  {
    return asked_ == 0 ? std::nullopt
                       : std::optional(static_cast<double>(found_[static_cast<std::size_t>(tier)]) /
                                       static_cast<double>(asked_));
  }
  [[nodiscard]] const models::ContextCache& cache() const { return cache_; }

 private:
  enum class Way : std::uint8_t { ToInstance, ToPool };
  // Transfers of blocks between the instance and their homes, on the plane that the pool uses. `homes`: one for each
  // block.
  [[nodiscard]] std::vector<sim::engine::Control::Transfer>
  transfers(std::uint32_t instance, const std::vector<std::uint32_t>& homes, Way way) const;
  [[nodiscard]] Plane plane() const { return spec_.pool.plane == PoolPlane::Ub ? Plane::Ub : Plane::Vpc; }

  const ServingSpec& spec_;
  const models::MachineSpec& machine_;
  Planes& planes_;
  Bytes block_;
  models::ContextCacheSpec servers_;
  models::ContextCache cache_;
  std::uint64_t asked_ = 0;               // blocks
  std::array<std::uint64_t, 2> found_{};  // [tier]
};

}  // namespace cm::workloads

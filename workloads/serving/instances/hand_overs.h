// Hand-overs of keys and values from prefill ranks to the dies of all decode instances. Every prefill rank has the keys
// and values of all tokens; the dies of a decode instance are dealt to the ranks of a prefill instance in equal groups
// (arXiv:2506.12708v2 4.3.3, for decode with one die a rank).
#pragma once

#include "sim/engine/actor_pool.h"
#include "workloads/serving/planes/planes.h"
#include "workloads/serving/requests/in_flight.h"
#include "workloads/serving/serving_spec.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace cm::workloads {

class HandOvers {
 public:
  // Takes a request whose keys and values are on its decode die.
  using Arrived = std::function<void(InFlight&)>;

  // Borrows all but the last, the size of a token's keys and values.
  HandOvers(const ServingSpec& spec, Planes& planes, sim::engine::Engine& engine, Bytes kv_per_token);

  // Moves the prompt's keys and values from the request's prefill instance to its decode die. The request is borrowed
  // until it has arrived.
  void start(InFlight& request, Arrived arrived);

  // Hand-overs that have started and not arrived, to any decode instance, from the rank of a prefill instance that
  // sends to that die of a decode instance.
  [[nodiscard]] std::int64_t under_way(std::uint32_t prefill_instance, std::uint32_t die) const
  {
    return under_way_[index_of(prefill_instance, die)];
  }

 private:
  // The prefill rank that sends to a die.
  [[nodiscard]] std::uint32_t source_of(std::uint32_t die) const { return die / dies_per_source_; }
  [[nodiscard]] std::size_t index_of(std::uint32_t prefill_instance, std::uint32_t die) const
  {
    return std::size_t{prefill_instance} * spec_.prefill.deployment.ranks + source_of(die);
  }
  void move(sim::engine::Control& control, const InFlight& request);

  const ServingSpec& spec_;
  Planes& planes_;
  sim::engine::ActorPool actors_;
  Bytes kv_per_token_;
  std::uint32_t dies_per_source_;
  std::vector<std::int64_t> under_way_;  // [prefill instance * ranks + rank]
};

}  // namespace cm::workloads

#include "workloads/exchanges/token_routing.h"

#include "sim/diagnostics/ensure.h"

#include <array>

namespace cm::workloads {
namespace {

void clear(ExchangeTraffic& traffic, std::uint32_t ranks, std::uint32_t expert_lanes)
{
  const std::size_t pairs = static_cast<std::size_t>(ranks) * ranks;
  traffic.ranks = ranks;
  traffic.destinations.resize(ranks);
  for (auto& list : traffic.destinations)
    list.clear();
  traffic.counts.assign(pairs, 0);
  traffic.received.assign(ranks, 0);
  traffic.received_routed.assign(ranks, 0);
  traffic.expert_lanes = expert_lanes;
  traffic.lanes.assign(expert_lanes > 0 ? ranks : 0, {});
  traffic.lane_counts.assign(pairs * expert_lanes, 0);
}

void add_row(ExchangeTraffic& traffic, std::uint32_t source, std::uint32_t destination, std::uint32_t expert)
{
  const std::size_t pair = static_cast<std::size_t>(source) * traffic.ranks + destination;
  traffic.destinations[source].push_back(destination);
  ++traffic.counts[pair];
  if (traffic.expert_lanes == 0)
    return;
  const std::uint32_t lane = expert % traffic.expert_lanes;
  traffic.lanes[source].push_back(static_cast<std::uint8_t>(lane));
  ++traffic.lane_counts[pair * traffic.expert_lanes + lane];
}

}  // namespace

void route_tokens(const RoutingTask& task, const std::vector<std::uint32_t>& tokens, sim::RandomStream& random,
                  ExchangeTraffic& traffic)
{
  const auto ranks = static_cast<std::uint32_t>(tokens.size());
  clear(traffic, ranks, task.expert_lanes);
  const auto shared_expert = static_cast<std::uint32_t>(task.gate.loads().size());
  std::array<std::uint32_t, 256> chosen{};
  const std::uint64_t trace_tokens = task.gate.trace_tokens();
  std::uint64_t number = 0;
  ensure(task.top_k <= chosen.size(), "top {} is more than {}", task.top_k, chosen.size());
  for (std::uint32_t source = 0; source < ranks; ++source) {
    for (std::uint32_t token = 0; token < tokens[source]; ++token) {
      const std::uint64_t recorded = trace_tokens == 0 ? 0 : task.walk.row(number, trace_tokens);
      task.gate.choose({source, ranks, token, recorded}, random, {chosen.data(), task.top_k});
      ++number;
      for (std::uint32_t k = 0; k < task.top_k; ++k) {
        const auto& copies = task.placement.copies(chosen[k]);
        // Copies take turns, each rank starting at another one.
        const std::uint32_t rank = copies.size() == 1 ? copies[0] : copies[(token + source) % copies.size()];
        add_row(traffic, source, rank, chosen[k]);
        ++traffic.received_routed[rank];
      }
      if (task.shared != SharedMessages::None) {
        const std::uint32_t rank =
            task.shared == SharedMessages::Nearest ? task.placement.shared_for(source) : random.below(ranks);
        add_row(traffic, source, rank, shared_expert);
      }
    }
    for (std::uint32_t rank = 0; rank < ranks; ++rank)
      traffic.received[rank] += traffic.counts[static_cast<std::size_t>(source) * ranks + rank];
  }
}

}  // namespace cm::workloads

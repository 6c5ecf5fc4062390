#include "workloads/expert_parallel/token_routing.h"

#include "sim/diagnostics/ensure.h"

#include <array>

namespace cm::workloads {

void route_tokens(const RoutingTask& task, const std::vector<std::uint32_t>& tokens, sim::RandomStream& random,
                  ExchangeTraffic& traffic)
{
  const auto ranks = static_cast<std::uint32_t>(tokens.size());
  traffic.ranks = ranks;
  traffic.destinations.resize(ranks);
  traffic.counts.assign(static_cast<std::size_t>(ranks) * ranks, 0);
  traffic.received.assign(ranks, 0);
  traffic.received_routed.assign(ranks, 0);
  std::array<std::uint32_t, 256> chosen{};
  const std::uint64_t trace_tokens = task.gate.trace_tokens();
  std::uint64_t number = 0;
  ensure(task.top_k <= chosen.size(), "top {} is more than {}", task.top_k, chosen.size());
  for (std::uint32_t source = 0; source < ranks; ++source) {
    auto& list = traffic.destinations[source];
    list.clear();
    std::uint32_t* row = &traffic.counts[static_cast<std::size_t>(source) * ranks];
    for (std::uint32_t token = 0; token < tokens[source]; ++token) {
      const std::uint64_t recorded = trace_tokens == 0 ? 0 : task.walk.row(number, trace_tokens);
      task.gate.choose({source, ranks, token, recorded}, random, {chosen.data(), task.top_k});
      ++number;
      for (std::uint32_t k = 0; k < task.top_k; ++k) {
        const auto& copies = task.placement.copies(chosen[k]);
        // Copies take turns, each rank starting at another one.
        const std::uint32_t rank = copies.size() == 1 ? copies[0] : copies[(token + source) % copies.size()];
        list.push_back(rank);
        ++row[rank];
        ++traffic.received_routed[rank];
      }
      if (task.shared != SharedMessages::None) {
        const std::uint32_t rank =
            task.shared == SharedMessages::Nearest ? task.placement.shared_for(source) : random.below(ranks);
        list.push_back(rank);
        ++row[rank];
      }
    }
    for (std::uint32_t rank = 0; rank < ranks; ++rank)
      traffic.received[rank] += row[rank];
  }
}

}  // namespace cm::workloads

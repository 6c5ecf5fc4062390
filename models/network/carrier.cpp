#include "models/network/carrier.h"

#include "topology/fabrics/shortest_ways.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::models {

std::string Carrier::clause() const
{
  return fmt::format("{} {}", name, verb);
}

std::optional<Carrier> lanes_of_die(const MachineSpec& spec, std::uint32_t ranks)
{
  if (spec.free.network)
    return std::nullopt;
  if (spec.cards == CardPlane::Rdma)
    return Carrier{"a die's RDMA adapter", "carries", all_lanes(spec)};
  if (spec.cards == CardPlane::Vpc)
    return Carrier{"a die's share of its node's VPC card", "carries",
                   all_lanes(spec) / std::clamp(ranks, 1U, std::max(spec.topology.dies_per_node(), 1U))};
  return Carrier{"a die's lanes", "carry", all_lanes(spec)};
}

BytesPerSecond way_rate(const MachineSpec& spec, std::uint32_t from, std::uint32_t to)
{
  const topology::SupernodeSpec& t = spec.topology;
  const auto lanes = [&](std::uint32_t endpoint) {
    return endpoint < t.dies() ? all_lanes(spec) : all_cpu_lanes(spec);
  };
  if (t.fabrics.empty())
    return std::min(lanes(from), lanes(to));
  const bool leaves_node = t.site().node_of(from) != t.site().node_of(to);
  const bool is_out = spec.scale_out.has_value() && leaves_node;
  const double payload_share = is_out ? spec.scale_out->payload_share : spec.ub.payload_share;
  return topology::shortest_ways_rate(is_out ? t.fabrics.back() : t.fabrics.front(), from, to) * payload_share;
}

std::optional<Carrier> narrower(std::optional<Carrier> first, const Carrier& second)
{
  if (second.rate <= BytesPerSecond(0) || (first && first->rate <= second.rate))
    return first;
  return second;
}

}  // namespace cm::models

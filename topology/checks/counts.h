// Numbers of devices and links of a machine graph, counted in the graph.
#pragma once

#include "topology/graph/graph.h"

#include <cstdint>

namespace cm::topology {

struct MachineCounts {
  std::uint32_t nodes = 0;
  std::uint32_t npus = 0;
  std::uint32_t dies = 0;
  std::uint32_t cpus = 0;
  std::uint32_t l1_switches = 0;
  std::uint32_t l2_switches = 0;
  std::uint32_t l1_l2_links = 0;  // cables; each is two links of one direction
  std::uint32_t rdma_nics = 0;
  std::uint32_t qingtian_cards = 0;

  friend bool operator==(const MachineCounts&, const MachineCounts&) = default;
};

MachineCounts count_machine(const Graph& graph);

}  // namespace cm::topology

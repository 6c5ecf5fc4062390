// Parts of the fabrics of a machine by the names that reports, drawings and scenarios give them, and the ports of each:
//
//   port:up node 4 sub-plane 3 l2 7   one port, as the table of the busiest links names it
//   link:up node 4 sub-plane 3 l2 7   both directions of its cable
//   die:17, cpu:3, node:4             all lanes of an endpoint, of all endpoints of a node, both directions
//   l1:4.3, l2:3.7, leaf:4            all ports of a switch chip, and those that lead to it
//   sub_plane:3, rail:3, lane:3       all ports of a lane, and of what carries this lane alone
//
// With two fabrics, chips and lanes of the second have "scale_out." before their names.
#pragma once

#include "topology/fabrics/wired_port.h"

#include <functional>
#include <map>
#include <optional>
#include <string_view>

namespace cm::topology {

class Parts {
 public:
  // Plans of the fabrics of a machine, as wire_ports() takes them.
  explicit Parts(std::vector<FabricPlan> plans);

  // Ascending. Empty when nothing has that name; a part without ports, such as a CPU without lanes, has none.
  [[nodiscard]] std::optional<std::vector<sim::fabric::PortIndex>> ports_named(std::string_view part) const;

  // As after "port:".
  [[nodiscard]] std::string name_of(sim::fabric::PortIndex port) const;
  [[nodiscard]] std::uint32_t ports() const { return static_cast<std::uint32_t>(ports_.size()); }

  // All parts but ports and links, in the order of the alphabet: for suggestions.
  [[nodiscard]] std::vector<std::string_view> names() const;

 private:
  void add_endpoints();
  void add_chips_and_groups();
  void add_port(std::uint32_t port);

  std::vector<FabricPlan> plans_;
  std::vector<WiredPort> ports_;
  std::vector<std::string> vertices_;  // [vertex]: its name as a part
  std::map<std::string, std::vector<sim::fabric::PortIndex>, std::less<>> parts_;
};

}  // namespace cm::topology

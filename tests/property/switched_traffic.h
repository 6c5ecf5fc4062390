// Seeded random networks, policies and flows for the packet fabric's general way.
#pragma once

#include "sim/fabric/flow.h"
#include "sim/random/random_stream.h"
#include "tests/support/small_graphs.h"

#include <cstdint>
#include <vector>

namespace cm::tests {

// Parts of the general way that a case is about.
struct SwitchedParts {
  bool graphs = false;  // else a two-tier Clos
  bool credits = false;
  bool classes = false;
  bool changes = false;
  bool errors = false;
};

// Sizes, rates and times from few values, so that packets meet at equal times.
class SwitchedTraffic {
 public:
  SwitchedTraffic(std::uint64_t seed, const SwitchedParts& parts);

  // Engine 0 on: one an endpoint and lane; behind them the sinks'.
  template <typename Fabric, typename Start>
  void run(Fabric& fabric, const Start& start) const
  {
    fabric.add_engines(endpoints * (network.lanes + 1));
    fabric.add_inboxes(endpoints);
    for (std::uint32_t e = 0; e < endpoints; ++e)
      if (expected_[e] > 0)
        fabric.expect(e, expected_[e], 1000, 1'000'000 + e);
    for (std::size_t i = 0; i < flows.size(); ++i)
      start(flows[i], starts_[i]);
  }

  [[nodiscard]] std::uint64_t message_bytes() const;

  sim::fabric::NetworkSpec network;
  sim::fabric::FabricPolicy policy;
  std::uint32_t endpoints = 0;
  std::vector<sim::fabric::FlowSpec> flows;

 private:
  void draw_policy(std::uint64_t seed, const SwitchedParts& parts);
  [[nodiscard]] Bytes any_buffer();
  [[nodiscard]] sim::fabric::PortSpec any_port();
  [[nodiscard]] sim::fabric::NetworkSpec any_clos();
  [[nodiscard]] sim::fabric::NetworkSpec any_graph();
  [[nodiscard]] sim::fabric::NetworkSpec any_shape(const AnyPort& ports);
  [[nodiscard]] sim::fabric::TimedChange any_change();
  void add_change();
  void add_errors();
  void add_flow(std::uint32_t source);

  sim::RandomStream random_;
  bool has_sinks_ = false;
  bool has_inboxes_ = false;
  std::vector<std::int64_t> starts_;
  std::vector<std::uint64_t> expected_;  // [endpoint]: bytes in its inbox
};

}  // namespace cm::tests

// Seeded random networks, policies and flows.
#pragma once

#include "sim/random/random_stream.h"
#include "tests/support/any_policy.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

namespace cm::tests {

struct RandomExchange {
  ClosSpec clos;
  sim::fabric::FabricPolicy policy;
  std::vector<sim::fabric::FlowSpec> flows;

  explicit RandomExchange(std::uint64_t seed)
  {
    sim::RandomStream random(seed, "random exchange");
    clos.groups = 1 + random.below(4);
    clos.endpoints_per_group = 2 + random.below(6);
    clos.lanes = 1 + random.below(7);
    clos.spines = 1 + random.below(5);
    clos.uplink_rate = BytesPerSecond(0.5e9 + 2e9 * random.uniform());
    clos.switch_latency = Seconds(400e-9 * random.uniform());
    policy.flow_control = static_cast<sim::fabric::FlowControl>(random.below(2));
    policy.forwarding = static_cast<sim::fabric::Forwarding>(random.below(2));
    policy.lane_choice = any_lane_choice(random);
    policy.spine_choice = any_spine_choice(random);
    policy.frame_overhead = Bytes(random.below(2) * 24);
    policy.mtu = Bytes(256 << random.below(6));
    policy.seed = seed;
    const std::uint32_t endpoints = clos.groups * clos.endpoints_per_group;
    for (std::uint32_t source = 0; source < endpoints; ++source) {
      std::vector<sim::fabric::Message> messages;
      for (std::uint32_t i = random.below(40); i-- > 0;)
        messages.push_back({random.below(endpoints), 1 + random.below(30'000)});
      flows.push_back(flow(source, std::move(messages)));
      if (policy.lane_choice == sim::fabric::LaneChoice::ByMessage)
        for (std::size_t i = 0; i < flows.back().messages.size(); ++i)
          flows.back().lanes.push_back(static_cast<std::uint8_t>(random.below(clos.lanes)));
    }
  }
};

}  // namespace cm::tests

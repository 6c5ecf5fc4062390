// Comparison of a packet fabric with its plain reference after the same traffic.
#pragma once

#include "tests/property/switched_reference.h"
#include "tests/support/fabric_run.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <map>

namespace cm::tests {

// Every notice, and all that is counted at `ports` ports.
inline void check_agreement(FabricRun& run, const SwitchedReference& reference, sim::fabric::PortIndex ports)
{
  CHECK(run.notices().size() == reference.notices().size());
  CHECK(run.fabric().flows_in_flight() == 0);
  CHECK(std::map<std::uint64_t, std::int64_t>(run.notices().begin(), run.notices().end()) == reference.notices());
  CHECK(run.fabric().payload_bytes_delivered() == reference.delivered_bytes());
  CHECK(run.fabric().lost_bytes() == reference.lost_bytes());
  CHECK(run.fabric().port_hops() == reference.port_hops());
  for (sim::fabric::PortIndex port = 0; port < ports; ++port) {
    INFO("port " << port);
    const sim::fabric::PortCounters counters = run.fabric().counters(port);
    CHECK(counters.bytes == reference.bytes(port));
    CHECK(counters.peak_queue_bytes == reference.peak_queue_bytes(port));
    CHECK(run.fabric().replays(port) == reference.replays(port));
  }
}

}  // namespace cm::tests

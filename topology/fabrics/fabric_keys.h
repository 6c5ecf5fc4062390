// Keys that the readers of fabrics share.
#pragma once

#include "sim/config/reader.h"
#include "topology/fabrics/fabric_plan.h"

#include <cstdint>
#include <string_view>

namespace cm::topology {

// As many as the packet fabric can number.
inline constexpr std::uint64_t MostFabricPorts = (1U << 20U) - 2;
inline constexpr std::uint64_t MostFabricLanes = 255;  // of an endpoint
inline constexpr std::uint64_t MostEndpoints = 1U << 20U;

void read_count(sim::config::Reader& reader, const sim::config::Key& key, std::uint32_t& out);

// 1 MB/s to 100 TB/s: anything outside is a slip of the unit.
void read_rate(sim::config::Reader& reader, std::string_view name, std::string_view sentence, BytesPerSecond& out);
// `out` is the default.
void read_optional_rate(sim::config::Reader& reader, std::string_view name, std::string_view sentence,
                        BytesPerSecond& out);

// Rate of all lanes of a CPU; zero where the fabric leaves out the CPUs, as it does when the key is missing.
BytesPerSecond read_cpu_rate(sim::config::Reader& fabric);

// Whether the packet fabric can number the ports and lanes of a fabric; complains at `name` when it cannot. False too
// where they are none, because a count could not be read.
bool fits(sim::config::Reader& fabric, std::string_view name, const FabricCounts& counts, std::uint64_t lanes);

}  // namespace cm::topology

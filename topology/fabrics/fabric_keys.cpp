#include "topology/fabrics/fabric_keys.h"

#include "sim/fabric/network_spec.h"

#include <fmt/format.h>

namespace cm::topology {
namespace {

using sim::config::Key;
using sim::config::Reader;

static_assert(MostFabricLanes == sim::fabric::MostLanes);

constexpr double LeastRate = 1e6;
constexpr double MostRate = 1e14;

}  // namespace

void read_count(Reader& reader, const Key& key, std::uint32_t& out)
{
  int value = 0;
  reader.required(key, value);
  out = static_cast<std::uint32_t>(value);
}

void read_rate(Reader& reader, std::string_view name, std::string_view sentence, BytesPerSecond& out)
{
  reader.required(Key{name, sentence, LeastRate, MostRate}, out);
}

void read_optional_rate(Reader& reader, std::string_view name, std::string_view sentence, BytesPerSecond& out)
{
  reader.optional(Key{name, sentence, LeastRate, MostRate}, out);
}

BytesPerSecond read_cpu_rate(Reader& fabric)
{
  BytesPerSecond rate;
  read_optional_rate(fabric, "cpu_bandwidth",
                     "a CPU socket to the fabric, one way, all its lanes together; CPUs are not on it when missing",
                     rate);
  return rate;
}

bool fits(Reader& fabric, std::string_view name, const FabricCounts& counts, std::uint64_t lanes)
{
  if (counts.ports() > MostFabricPorts)
    fabric.complain(name,
                    fmt::format("expected a fabric of at most {} ports, found {}", MostFabricPorts, counts.ports()));
  else if (lanes > MostFabricLanes)
    fabric.complain(name, fmt::format("expected at most {} lanes of an endpoint, found {}", MostFabricLanes, lanes));
  else
    return counts.cables > 0 && lanes > 0;
  return false;
}

}  // namespace cm::topology

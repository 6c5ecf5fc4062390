#include "topology/supernode/port_limits.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string>

namespace cm::topology {
namespace {

using sim::config::Key;
using sim::config::Reader;
using sim::config::Value;

constexpr int MostPorts = 4096;

// Where a limit stands and why it is believed: "machine.ub.ports.l2 at FILE:8:8: DOCUMENT".
std::string origin(Reader& ports, const Key& key)
{
  std::string text = fmt::format("{}.{} at {}", ports.path(), key.name, to_text(ports.position(key.name)));
  const Value* stated = ports.value(key, false);
  if (stated != nullptr && stated->kind == Value::Kind::Map)
    for (const char* reason : {"source", "assumed"})
      if (const Value* words = stated->find(reason))
        text += ": " + words->text;
  return text;
}

// The key that somebody changed where the others stand in the machine's own file; without one, the first.
std::string_view blamed(const Reader& reader, std::initializer_list<std::string_view> names)
{
  const std::string own_file = reader.position("").file;
  for (const std::string_view name : names)
    if (reader.position(name).file != own_file)
      return name;
  return *names.begin();
}

struct Need {
  std::uint32_t ports = 0;
  std::string_view counted;  // "sub-planes"
  std::string_view reason;   // "a die has one port to each"
};

// Reads one limit and holds what is needed against it.
void check(Reader& ports, const Key& key, const Need& need, Reader& reader,
           std::initializer_list<std::string_view> names)
{
  int limit = 0;
  ports.optional(key, limit);
  if (limit == 0 || need.ports <= static_cast<std::uint32_t>(limit))
    return;
  reader.complain(blamed(reader, names), fmt::format("expected at most {} {}, found {}: {} ({}); for a device with "
                                                     "more ports set {}.{} too",
                                                     limit, need.counted, need.ports, need.reason, origin(ports, key),
                                                     ports.path(), key.name));
}

}  // namespace

void check_ports(Reader& machine, Reader& node, Reader& plane, const SupernodeSpec& spec)
{
  Reader ports = plane.optional_section({"ports", "ports that each device has; a machine that needs more is refused"});
  check(ports, {"die", "ports of a die, one to each sub-plane; 0: not stated", 0, MostPorts},
        {spec.sub_planes, "sub-planes", "a die has one port to each"}, plane, {"sub_planes"});
  check(
      ports,
      {"l1_down", "ports of an L1 switch chip towards the dies and CPUs of its node; 0: not stated", 0, MostPorts},
      {spec.dies_per_node() + spec.cpus_per_node, "dies and CPUs in a node", "an L1 switch chip has one port to each"},
      node, {"npus", "dies_per_npu", "cpus"});
  check(ports, {"l1_up", "ports of an L1 switch chip towards the L2 switch chips; 0: not stated", 0, MostPorts},
        {spec.l2_per_sub_plane, "L2 switch chips in a sub-plane", "an L1 switch chip has one port to each"}, plane,
        {"l2_per_sub_plane"});
  check(ports, {"l2", "ports of an L2 switch chip, one to each node; 0: not stated", 0, MostPorts},
        {spec.l2_per_sub_plane > 0 ? spec.nodes : 0, "nodes", "an L2 switch chip has one port to each"}, machine,
        {"nodes"});
  ports.finish();
}

}  // namespace cm::topology

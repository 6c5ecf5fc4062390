#include "topology/fabrics/port_limits.h"

#include <fmt/format.h>

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
std::string_view blamed(const BlamedKeys& keys)
{
  const std::string own_file = keys.section.position("").file;
  for (const std::string_view name : keys.names)
    if (keys.section.position(name).file != own_file)
      return name;
  return *keys.names.begin();
}

}  // namespace

PortLimits::PortLimits(Reader& fabric)
    : ports_(fabric.optional_section({"ports", "ports that each device has; a machine that needs more is refused"}))
{
}

void PortLimits::check(std::string_view device, std::string_view sentence, const PortNeed& need, const BlamedKeys& keys)
{
  const Key key{device, sentence, 0, MostPorts};
  int limit = 0;
  ports_.optional(key, limit);
  if (limit == 0 || need.ports <= static_cast<std::uint64_t>(limit))
    return;
  keys.section.complain(blamed(keys), fmt::format("expected at most {} {}, found {}: {} ({}); for a device with "
                                                  "more ports set {}.{} too",
                                                  limit, need.counted, need.ports, need.reason, origin(ports_, key),
                                                  ports_.path(), key.name));
}

}  // namespace cm::topology

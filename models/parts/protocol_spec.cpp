#include "models/parts/protocol_spec.h"

namespace cm::models {

using sim::config::Reader;

std::vector<ProtocolSpec> read_protocols(Reader& die)
{
  Reader all = die.optional_section({"collectives", "protocols of collective operations, by name"});
  const sim::config::Value* map = die.value({"collectives", "protocols of collective operations, by name"}, false);
  std::vector<ProtocolSpec> protocols;
  if (map == nullptr)
    return protocols;
  for (const auto& entry : map->entries) {
    ProtocolSpec spec;
    spec.name = entry.key;
    Reader protocol = all.section({entry.key, "one way of moving a collective's data"});
    protocol.required({"launch", "from the call to the first byte, once an operation", 0.0, 1e-2}, spec.launch);
    protocol.required({"step", "from the last byte of a step to what depends on it", 0.0, 1e-3}, spec.step);
    protocol.required({"message", "rest of the engine after each message", 0.0, 1e-3}, spec.message);
    protocol.required({"rate", "of the engine, all peers together", 1e6, 1e14}, spec.rate);
    protocol.optional({"from", "fewest bytes that a rank sends with it", 0.0, 1e18}, spec.from);
    protocol.optional({"up_to", "most bytes that a rank sends with it", 0.0, 1e18}, spec.up_to);
    protocol.finish();
    protocols.push_back(std::move(spec));
  }
  all.finish();
  return protocols;
}

}  // namespace cm::models

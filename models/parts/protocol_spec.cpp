#include "models/parts/protocol_spec.h"

#include <algorithm>

namespace cm::models {

using sim::config::Reader;

std::int64_t CopyChannels::per_peer(std::uint32_t ranks) const
{
  std::int64_t channels = 1;
  while (2 * channels * ranks <= count)
    channels *= 2;
  return channels;
}

BytesPerSecond CopyChannels::pair_rate(std::uint32_t ranks) const
{
  return rate * static_cast<double>(per_peer(ranks));
}

Seconds CopyChannels::drain_time(Bytes message, std::uint32_t ranks) const
{
  return limit() ? std::min(Bytes(message.count() / per_peer(ranks)), chunk) / drain : Seconds(0);
}

namespace {

CopyChannels read_channels(Reader& protocol)
{
  CopyChannels spec;
  if (!protocol.has("channels"))
    return spec;
  Reader channels = protocol.optional_section({"channels", "copy channels that the peers of a die share out"});
  channels.required({"count", "channels of a die, for all ranks of an operation", 1, 1024}, spec.count);
  channels.required({"rate", "bandwidth of one channel", 1e6, 1e14}, spec.rate);
  channels.required({"chunk", "largest piece that a channel hands over", 64.0, 1e9}, spec.chunk);
  channels.required({"drain", "bandwidth of one channel out of the receiver's buffer", 1e6, 1e14}, spec.drain);
  channels.finish();
  return spec;
}

}  // namespace

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
    protocol.required({"rate", "bandwidth of the engine, all peers together", 1e6, 1e14}, spec.rate);
    protocol.optional({"from", "fewest bytes that a rank sends with it", 0.0, 1e18}, spec.from);
    protocol.optional({"up_to", "most bytes that a rank sends with it", 0.0, 1e18}, spec.up_to);
    protocol.choice({"used_for", "operations that it may be chosen for; request: only when the scenario names it"},
                    spec.used_for,
                    {{"any", ProtocolUse::Any},
                     {"exchanges", ProtocolUse::Exchanges},
                     {"vectors", ProtocolUse::Vectors},
                     {"request", ProtocolUse::Request}});
    protocol.optional({"algorithm", "the only algorithm that it runs"}, spec.algorithm);
    protocol.optional({"issue", "the host issues messages one after another, each so much later", 0.0, 1e-3},
                      spec.issue);
    spec.channels = read_channels(protocol);
    protocol.finish();
    protocols.push_back(std::move(spec));
  }
  all.finish();
  return protocols;
}

}  // namespace cm::models

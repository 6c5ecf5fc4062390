#include "models/collectives/protocol_choice.h"

#include <algorithm>

namespace cm::models {
namespace {

struct StepLoad {
  Bytes sent;      // by the rank that sends most
  Bytes received;  // by the rank that receives most
  Bytes largest;   // message
  std::int64_t messages = 0;
  Bytes memory_traffic;
};

std::vector<StepLoad> loads_of(const CollectivePlan& plan)
{
  std::vector<StepLoad> loads(plan.steps);
  const std::vector<Bytes> received = bytes_received(plan);
  for (std::size_t i = 0; i < received.size(); ++i) {
    StepLoad& load = loads[i / plan.ranks.size()];
    load.received = std::max(load.received, received[i]);
  }
  for (const RankPlan& rank : plan.ranks) {
    for (auto first = rank.messages.begin(); first != rank.messages.end();) {
      StepLoad& load = loads[first->step];
      Bytes sent;
      const auto begin = first;
      for (; first != rank.messages.end() && first->step == begin->step; ++first) {
        sent += first->bytes;
        load.largest = std::max(load.largest, first->bytes);
      }
      load.sent = std::max(load.sent, sent);
      load.messages = std::max<std::int64_t>(load.messages, first - begin);
    }
    for (const Reduction& each : rank.reductions)
      loads[each.step].memory_traffic = std::max(loads[each.step].memory_traffic, each.memory_traffic());
  }
  return loads;
}

Bytes most_sent(const CollectivePlan& plan)
{
  Bytes most;
  for (std::uint32_t rank = 0; rank < plan.ranks.size(); ++rank)
    most = std::max(most, bytes_sent(plan, rank));
  return most;
}

}  // namespace

Seconds expected_time(const CollectivePlan& plan, const ProtocolSpec& protocol, const CollectiveMachine& machine)
{
  const BytesPerSecond rate = std::min(protocol.rate, machine.lanes);
  const CopyChannels& channels = protocol.channels;
  const auto ranks = static_cast<std::uint32_t>(plan.ranks.size());
  std::size_t issued = 0;
  for (const RankPlan& rank : plan.ranks)
    issued += rank.messages.size();
  Seconds time = protocol.launch + protocol.issue * static_cast<double>(std::max<std::size_t>(issued, 1) - 1);
  for (const StepLoad& load : loads_of(plan)) {
    const Seconds pair = channels.limit() ? load.largest / channels.pair_rate(ranks) : Seconds(0);
    time += std::max({load.sent / rate, load.received / machine.lanes, pair}) +
            channels.drain_time(load.largest, ranks) + protocol.message * static_cast<double>(load.messages) +
            load.memory_traffic / machine.memory + protocol.step;
  }
  return time;
}

const ProtocolSpec* best_protocol(const CollectivePlan& plan, const CollectiveMachine& machine,
                                  std::string_view algorithm)
{
  const Bytes most = most_sent(plan);
  const ProtocolSpec* best = nullptr;
  Seconds least;
  for (const ProtocolSpec& protocol : machine.protocols) {
    const bool runs_it = protocol.algorithm.empty() || protocol.algorithm == algorithm;
    if (!runs_it || most < protocol.from || most > protocol.up_to)
      continue;
    const Seconds time = expected_time(plan, protocol, machine);
    if (best == nullptr || time < least) {
      best = &protocol;
      least = time;
    }
  }
  return best;
}

}  // namespace cm::models

// A packet fabric on a calendar of its own, run to the end, and when its notices came.
#pragma once

#include "sim/fabric/packet_fabric.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cm::tests {

class FabricRun {
 public:
  explicit FabricRun(const sim::fabric::NetworkSpec& network, const sim::fabric::FabricPolicy& policy = {})
      : fabric_(network, policy, calendar_)
  {
  }

  [[nodiscard]] sim::fabric::PacketFabric& fabric() { return fabric_; }

  void start(sim::fabric::FlowSpec flow, std::int64_t now = 0) { fabric_.start(std::move(flow), now); }

  // Works everything off; the time of the last notice.
  std::int64_t finish()
  {
    for (;;) {
      const std::int64_t time = fabric_.run(sim::calendar::Calendar::Never);
      if (time == sim::calendar::Calendar::Never)
        return end_;
      notices_.emplace_back(calendar_.take().word & ((1ULL << 60U) - 1), time);
      if (time < end_)
        throw std::logic_error("notice " + std::to_string(notices_.back().first) + " lies in the past");
      end_ = time;
    }
  }

  // (notice, time) in the order of arrival.
  [[nodiscard]] const std::vector<std::pair<std::uint64_t, std::int64_t>>& notices() const { return notices_; }

  [[nodiscard]] std::int64_t time_of(std::uint64_t notice) const
  {
    const auto found = std::ranges::find(notices_, notice, [](const auto& each) { return each.first; });
    if (found == notices_.end())
      throw std::out_of_range("no notice " + std::to_string(notice));
    return found->second;
  }

 private:
  sim::calendar::Calendar calendar_;
  sim::fabric::PacketFabric fabric_;
  std::vector<std::pair<std::uint64_t, std::int64_t>> notices_;
  std::int64_t end_ = 0;
};

inline sim::fabric::FlowSpec flow_without_fence(std::uint32_t source, std::vector<sim::fabric::Message> messages)
{
  sim::fabric::FlowSpec spec;
  spec.source = source;
  spec.messages = std::move(messages);
  return spec;
}

// A flow whose fence notice is the number of its source, unless another one is given.
inline sim::fabric::FlowSpec flow(std::uint32_t source, std::vector<sim::fabric::Message> messages,
                                  std::optional<std::uint64_t> notice = std::nullopt)
{
  sim::fabric::FlowSpec spec = flow_without_fence(source, std::move(messages));
  spec.fence_notice = notice.value_or(source);
  return spec;
}

// Its only notice is that of the receivers' inboxes.
inline sim::fabric::FlowSpec flow_to_inbox(std::uint32_t source, std::vector<sim::fabric::Message> messages,
                                           sim::fabric::InboxIndex inbox)
{
  sim::fabric::FlowSpec spec = flow_without_fence(source, std::move(messages));
  spec.inbox = inbox;
  return spec;
}

// One flow a rank: `bytes` to every other rank, in the order rank+1, rank+2, ...
inline std::vector<sim::fabric::FlowSpec> all_to_all(std::uint32_t ranks, std::uint32_t bytes)
{
  std::vector<sim::fabric::FlowSpec> flows;
  for (std::uint32_t rank = 0; rank < ranks; ++rank) {
    std::vector<sim::fabric::Message> messages;
    for (std::uint32_t step = 1; step < ranks; ++step)
      messages.push_back({(rank + step) % ranks, bytes});
    flows.push_back(flow(rank, std::move(messages)));
  }
  return flows;
}

inline std::int64_t run_all(FabricRun& run, const std::vector<sim::fabric::FlowSpec>& flows)
{
  for (const auto& each : flows)
    run.start(each);
  return run.finish();
}

}  // namespace cm::tests

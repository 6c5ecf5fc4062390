#include "sim/fabric/switched/channel_graph.h"

#include <algorithm>
#include <map>
#include <set>

namespace cm::sim::fabric {
namespace {

using Place = Router::Place;

// Channels that packets to one destination may hold, and which of them are left without a way.
class Destination {
 public:
  Destination(Router& router, EndpointIndex to, std::vector<std::set<std::uint32_t>>& waits)
      : router_(router), levels_(router.graph().levels), to_(to), waits_(waits)
  {
  }

  // Whether a packet that starts at `from` may come to a level that there is not.
  bool is_refused(EndpointIndex from)
  {
    bool refused = false;
    for (const PortIndex first : router_.onward(Router::at_source(from), to_))
      refused |= walk(channel(first, 0));
    return refused;
  }

 private:
  [[nodiscard]] std::uint32_t channel(PortIndex port, std::uint32_t level) const
  {
    return (port - 1) * levels_ + level;
  }

  // NOLINTNEXTLINE(misc-no-recursion): every step is nearer to the destination.
  bool walk(std::uint32_t held)
  {
    const auto [known, is_new] = refused_.try_emplace(held, false);
    if (!is_new)
      return known->second;
    const PortIndex port = held / levels_ + 1;
    if (router_.leads_to(port, to_))
      return false;
    const Place place = router_.behind(port);
    bool refused = false;
    for (const PortIndex next : router_.onward(place, to_)) {
      const std::uint32_t level = held % levels_ + (router_.raises_level(place, next) ? 1 : 0);
      if (level >= levels_) {
        refused = true;
        continue;
      }
      waits_[held].insert(channel(next, level));
      refused |= walk(channel(next, level));
    }
    refused_[held] = refused;
    return refused;
  }

  Router& router_;  // borrowed
  std::uint32_t levels_;
  EndpointIndex to_;
  std::vector<std::set<std::uint32_t>>& waits_;  // borrowed; [channel]
  std::map<std::uint32_t, bool> refused_;        // channels that have been walked from
};

}  // namespace

std::vector<std::uint32_t> ChannelGraph::circle() const
{
  enum class State : std::uint8_t { New, Open, Done };
  std::vector<State> states(waits_.size(), State::New);
  std::vector<std::pair<std::uint32_t, std::size_t>> way;  // channel, and which of its waits is next
  for (std::uint32_t start = 0; start < waits_.size(); ++start) {
    if (states[start] != State::New)
      continue;
    way.emplace_back(start, 0);
    states[start] = State::Open;
    while (!way.empty()) {
      auto& [channel, next] = way.back();
      if (next == waits_[channel].size()) {
        states[channel] = State::Done;
        way.pop_back();
        continue;
      }
      const std::uint32_t other = waits_[channel][next++];
      if (states[other] == State::Open) {
        std::vector<std::uint32_t> found;
        for (auto step = std::ranges::find(way, other, &std::pair<std::uint32_t, std::size_t>::first);
             step != way.end(); ++step)
          found.push_back(step->first);
        return found;
      }
      if (states[other] == State::New) {
        states[other] = State::Open;
        way.emplace_back(other, 0);
      }
    }
  }
  return {};
}

ChannelSurvey survey_channels(Router& router, std::span<const EndpointIndex> endpoints)
{
  const std::size_t channels = router.graph().ends.size() * router.graph().levels;
  std::vector<std::set<std::uint32_t>> waits(channels);
  ChannelSurvey survey;
  for (const EndpointIndex to : endpoints) {
    Destination destination(router, to, waits);
    for (const EndpointIndex from : endpoints) {
      if (from == to)
        continue;
      if (router.onward(Router::at_source(from), to).empty())
        survey.cut.emplace_back(from, to);
      else if (destination.is_refused(from))
        survey.refused.emplace_back(from, to);
    }
  }
  ChannelGraph graph(channels);
  for (std::uint32_t channel = 0; channel < channels; ++channel)
    for (const std::uint32_t other : waits[channel])
      graph.add_wait(channel, other);
  for (const std::uint32_t channel : graph.circle())
    survey.circle.push_back({channel / router.graph().levels, channel % router.graph().levels});
  return survey;
}

}  // namespace cm::sim::fabric

#include "sim/fabric/switched/router.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace cm::sim::fabric {

Router::Router(const NetworkSpec& network, SwitchGraph graph)
    : graph_(std::move(graph)), endpoints_(network.endpoints()), latency_(network.ports.size() + 1),
      usable_(network.ports.size() + 1, true), columns_(network.endpoints()), latencies_(network.endpoints())
{
  ensure(graph_.ends.size() == network.ports.size(), "{} ports have ends, expected {}", graph_.ends.size(),
         network.ports.size());
  ensure(graph_.levels > 0 && graph_.levels <= std::numeric_limits<std::uint8_t>::max(), "{} levels", graph_.levels);
  for (PortIndex port = 1; port < latency_.size(); ++port) {
    latency_[port] = to_picoseconds(network.ports[port - 1].latency).count();
    ensure(ends(port).from < graph_.vertices && ends(port).to < graph_.vertices,
           "port {} joins {} and {} of {} vertices", port - 1, ends(port).from, ends(port).to, graph_.vertices);
    roles_ = std::max(roles_, static_cast<std::uint8_t>(ends(port).role + 1));
  }
  lay_out_places(network.endpoints());
}

void Router::lay_out_places(std::uint32_t endpoints)
{
  ports_of_.resize(graph_.vertices);
  places_at_.resize(graph_.vertices);
  place_of_.resize(latency_.size());
  for (EndpointIndex endpoint = 0; endpoint < endpoints; ++endpoint) {
    places_.push_back({endpoint, -1});
    places_at_[endpoint].push_back(endpoint);
  }
  for (PortIndex port = 1; port < latency_.size(); ++port) {
    ports_of_[ends(port).from].push_back(port);
    std::vector<Place>& known = places_at_[ends(port).to];
    const auto found =
        std::ranges::find_if(known, [&](Place place) { return places_[place].stage == ends(port).stage; });
    place_of_[port] = found == known.end() ? static_cast<Place>(places_.size()) : *found;
    if (found != known.end())
      continue;
    known.push_back(place_of_[port]);
    places_.push_back({ends(port).to, ends(port).stage});
  }
  ports_to_.resize(places_.size());
  for (PortIndex port = 1; port < latency_.size(); ++port)
    ports_to_[place_of_[port]].push_back(port);
}

std::span<const PortIndex> Router::onward(Place place, EndpointIndex to)
{
  return *sets_[column(to).set[place]];
}

std::int64_t Router::latency_ps(EndpointIndex from, EndpointIndex to)
{
  std::vector<std::int64_t>& known = latencies_[to];
  if (known.empty()) {
    Column as_built;
    find_ways(to, std::vector<bool>(usable_.size(), true), as_built);
    known = std::move(as_built.latency);
  }
  return known[at_source(from)];
}

void Router::set_usable(PortIndex port, bool usable)
{
  if (usable_[port] == usable)
    return;
  usable_[port] = usable;
  unusable_ += usable ? -1U : 1U;
  for (Column& each : columns_)
    each = {};
  known_sets_.clear();
  sets_.clear();
}

const Router::Column& Router::column(EndpointIndex to)
{
  Column& found = columns_[to];
  if (found.set.empty())
    find_ways(to, usable_, found);
  return found;
}

void Router::find_ways(EndpointIndex to, const std::vector<bool>& usable, Column& column)
{
  const std::size_t count = places_.size();
  Distances distances{std::vector<std::uint32_t>(count, Unreached),
                      std::vector<std::uint32_t>(count),
                      std::vector<std::uint8_t>(count),
                      {}};
  for (std::uint8_t role = 0; role < roles_; ++role)
    reach(to, role, usable, distances);
  column.set.assign(count, number_of({}));
  column.latency.assign(count, 0);
  std::vector<PortIndex> ways;
  for (const Place place : distances.order) {
    if (distances.hops[place] == 0)
      continue;
    ways.clear();
    std::uint32_t least = Unreached;
    for (const PortIndex port : ports_of_[places_[place].vertex]) {
      const Place next = place_of_[port];
      if (!usable[port] || ends(port).role != distances.role[place] ||
          distances.hops[next] + 1 != distances.hops[place] ||
          (distances.hops[next] > 0 && distances.role[next] != distances.role[place]))
        continue;
      const std::uint32_t raises = distances.raises[next] + (raises_level(place, port) ? 1 : 0);
      if (raises < least && !graph_.every_order)
        ways.clear();
      if (raises <= least || graph_.every_order)
        ways.push_back(port);
      least = std::min(least, raises);
    }
    distances.raises[place] = least;
    column.set[place] = number_of(ways);
    column.latency[place] = latency_[ways.front()] + column.latency[place_of_[ways.front()]];
  }
}

// Distances of the places that ports of a role lead to the destination from, and that no lower role reaches.
void Router::reach(EndpointIndex to, std::uint8_t role, const std::vector<bool>& usable, Distances& distances) const
{
  std::vector<Place> waiting = places_at_[to];
  for (const Place place : waiting)
    distances.hops[place] = 0;
  for (std::size_t next = 0; next < waiting.size(); ++next)
    for (const PortIndex port : ports_to_[waiting[next]]) {
      if (!usable[port] || ends(port).role != role)
        continue;
      for (const Place place : places_at_[ends(port).from]) {
        if (distances.hops[place] != Unreached || !may_leave(place))
          continue;
        distances.hops[place] = distances.hops[waiting[next]] + 1;
        distances.role[place] = role;
        waiting.push_back(place);
      }
    }
  distances.order.insert(distances.order.end(), waiting.begin(), waiting.end());
}

std::uint32_t Router::number_of(const std::vector<PortIndex>& set)
{
  const auto [known, is_new] = known_sets_.try_emplace(set, static_cast<std::uint32_t>(sets_.size()));
  if (is_new)
    sets_.push_back(&known->first);
  return known->second;
}

}  // namespace cm::sim::fabric

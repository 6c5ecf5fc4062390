#include "sim/fabric/switched/switched_way.h"

#include "sim/diagnostics/ensure.h"
#include "sim/fabric/rounding.h"
#include "sim/fabric/switched/bit_errors.h"
#include "sim/fabric/switched/clos_graph.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace cm::sim::fabric {
namespace {

// A link that gets a packet wrong so often carries none: it is lost there.
constexpr std::uint32_t MostReplays = 1000;

// Of an arrival's word: the packet, then the port that it goes on to, where that is known.
constexpr unsigned IndexBits = 32;
constexpr std::uint64_t IndexMask = (1ULL << IndexBits) - 1;

// A detour around a dead port of a Clos goes down and up once more.
SwitchGraph graph_for(const NetworkSpec& network, const FabricPolicy& policy)
{
  SwitchGraph graph = graph_of(network);
  if (network.graph.ends.empty() && !policy.changes.empty())
    graph.levels = 2;
  return graph;
}

std::vector<std::int64_t> buffers_of(const Ports& ports)
{
  std::vector<std::int64_t> buffers;
  for (PortIndex port = 0; port < ports.size(); ++port)
    buffers.push_back(ports.kind(ports[port]).buffer);
  return buffers;
}

}  // namespace

SwitchedWay::SwitchedWay(const NetworkSpec& network, const FabricPolicy& policy, const FabricRules& rules,
                         const SharedParts& shared)
    : calendar_(shared.calendar), rules_(rules), ports_(shared.ports), sink_(shared.sink),
      links_(ports_, policy.changes), router_(network, graph_for(network, policy)),
      schedule_(policy.classes, ports_.size()),
      queues_(ports_.size(), (schedule_.classes() + 1) * router_.graph().levels),
      credits_(rules.with_credits ? LinkCredits(buffers_of(ports_), (schedule_.classes() + 1) * router_.graph().levels)
                                  : LinkCredits()),
      sources_(network, rules, router_.graph().ways), is_clos_(network.graph.ends.empty())
{
  const std::uint32_t lanes = (schedule_.classes() + 1) * router_.graph().levels;
  ensure(lanes <= MostVirtualLanes, "{} classes with control and {} levels each: a port has {} virtual lanes",
         schedule_.classes() + 1, router_.graph().levels, MostVirtualLanes);
  install_changes();
}

PortIndex SwitchedWay::first_port(EndpointIndex source, EndpointIndex destination, std::uint32_t lane,
                                  std::uint32_t number)
{
  const PortIndex wanted = sources_.port(source, lane);
  if (is_clos_ && router_.is_whole())
    return wanted;
  const auto ways = router_.onward(Router::at_source(source), destination);
  if (ways.empty())
    return NoPort;
  return std::ranges::binary_search(ways, wanted) ? wanted : way_at_source(ways, number);
}

// For packets whose lane leads elsewhere: lanes take turns, and so do these ways with respect to them.
PortIndex SwitchedWay::way_at_source(std::span<const PortIndex> ways, std::uint32_t number) const
{
  return ways[Turn{number, rules_.lanes}.take(static_cast<std::uint32_t>(ways.size()))];
}

bool SwitchedWay::has_room(PortIndex first, std::uint8_t traffic_class, std::uint32_t bytes) const
{
  const std::uint32_t lane = traffic_class * router_.graph().levels;
  return first == NoPort || queues_.waiting_bytes(first, lane) + bytes <= ports_.kind(ports_[first]).buffer;
}

std::int64_t SwitchedWay::leaves_at(PortIndex first, std::int64_t now) const
{
  return std::max(now, ports_[first].busy_until) + queues_.work(first);
}

void SwitchedWay::enter(SwitchedPacket packet, PortIndex first, std::int64_t now)
{
  packet.turn = {packet.first_turn + packet.tries};
  if (packet.tries > 0)
    packet.path = 0;
  packet.entered = now;
  packet.came_by = NoPort;
  packet.lasts = 0;
  packet.level = 0;
  packet.holds_credit = false;
  packet.is_wrong = false;
  const PacketIndex index = packets_.take(packet);
  is_before_credits_ = !packet.acknowledges && packet.tries == 0;
  if (first == NoPort)
    lose(index, now);
  else
    join(index, first, now);
  is_before_credits_ = false;
}

void SwitchedWay::plan(Step step, std::int64_t time, std::uint64_t what, std::uint32_t order)
{
  calendar_.insert({.time = time,
                    .word = event_word(EventKind::Switched, what),
                    .extra = static_cast<std::uint32_t>(step),
                    .order = order});
}

void SwitchedWay::plan_look(PortIndex port, std::int64_t time)
{
  if (queues_.look_at(port) <= time)
    return;
  queues_.look_at(port) = time;
  plan(Step::Look, time, port, EventOrder::of_look(port));
}

// The room that the packet has taken behind the port by which it came is free at `time`; the port learns it later.
void SwitchedWay::give_credit(const SwitchedPacket& packet, std::int64_t time)
{
  credits_.give(packet.came_by, packet.came_lane, packet.bytes, time + links_[packet.came_by].latency);
  if (credits_.starves(packet.came_by, packet.came_lane) && !queues_.is_empty(packet.came_by, packet.came_lane))
    plan_telling(packet.came_by, packet.came_lane, packets_[queues_.head(packet.came_by, packet.came_lane)].bytes);
}

void SwitchedWay::plan_telling(PortIndex port, std::uint32_t lane, std::uint32_t bytes)
{
  const std::int64_t time = credits_.next_telling(port, lane, bytes);
  if (time == LinkCredits::Never)
    return;
  calendar_.insert({.time = time,
                    .word = event_word(EventKind::Switched, port),
                    .subject = lane,
                    .extra = static_cast<std::uint32_t>(Step::Credit),
                    .order = EventOrder::of_look(port)});
}

std::uint32_t SwitchedWay::lane_of(const SwitchedPacket& packet) const
{
  const std::uint32_t group = packet.is_control ? schedule_.classes() : packet.traffic_class;
  return group * router_.graph().levels + packet.level;
}

void SwitchedWay::handle(const Event& event)
{
  const std::uint64_t what = event.word & PathMask;
  switch (static_cast<Step>(event.extra)) {
  case Step::Arrive: arrive(static_cast<PacketIndex>(what & IndexMask), event.time); break;
  case Step::Look: look(static_cast<PortIndex>(what), event.time); break;
  case Step::Credit: tell_of_credit(event); break;
  case Step::Begin: begin(what, event.time); break;
  case Step::Detect: detect(what, event.time); break;
  case Step::End: end(what, event.time); break;
  case Step::Retry: retry(static_cast<PacketIndex>(what), event.time); break;
  }
}

void SwitchedWay::prefetch(const Event& event) const
{
  if (static_cast<Step>(event.extra) != Step::Arrive)
    return;
  const std::uint64_t what = event.word & PathMask;
  packets_.prefetch(static_cast<PacketIndex>(what & IndexMask));
  const auto port = static_cast<PortIndex>(what >> IndexBits);
  __builtin_prefetch(&ports_[port]);
  links_.prefetch(port);
  queues_.prefetch(port);
}

// A packet's head has come to the far end of a link.
void SwitchedWay::arrive(PacketIndex index, std::int64_t now)
{
  const SwitchedPacket& packet = packets_[index];
  if (packet.is_wrong || links_[packet.came_by].failures != packet.failures) {
    lose(index, now);
    return;
  }
  if (!router_.leads_to(packet.came_by, packet.destination)) {
    go_on(index, now);
    return;
  }
  const SwitchedPacket delivered = packet;
  packets_.give_back(index);
  sink_.deliver(delivered, now, now + (rules_.cut_through ? delivered.lasts : 0));
}

void SwitchedWay::look(PortIndex port, std::int64_t now)
{
  if (queues_.look_at(port) != now)
    return;
  queues_.look_at(port) = LaneQueues::NoLook;
  serve(port, now);
}

void SwitchedWay::tell_of_credit(const Event& event)
{
  const auto port = static_cast<PortIndex>(event.word & PathMask);
  credits_.told(port, event.subject, event.time);
  serve(port, event.time);
}

// On from where the packet is, by one of the ways to its destination.
void SwitchedWay::go_on(PacketIndex index, std::int64_t now)
{
  SwitchedPacket& packet = packets_[index];
  if (packet.path != 0 && packet.came_by != NoPort && follow_path(index, now))
    return;
  const PortIndex port = choose(packet, now);
  if (port == NoPort) {
    lose(index, now);
    return;
  }
  const std::uint32_t levels = router_.graph().levels;
  if (packet.came_by == NoPort) {
    packet.level = 0;
  } else {
    const std::uint32_t level =
        packet.came_lane % levels + (router_.raises_level(router_.behind(packet.came_by), port) ? 1 : 0);
    if (level >= levels) {
      lose(index, now);
      return;
    }
    packet.level = static_cast<std::uint8_t>(level);
  }
  join(index, port, now);
}

// A path that was laid out at the source stays at its level. False: a port is dead by now, and the rest of the path
// void.
bool SwitchedWay::follow_path(PacketIndex index, std::int64_t now)
{
  SwitchedPacket& packet = packets_[index];
  const auto port = static_cast<PortIndex>(packet.path & PortMask);
  if (!router_.is_whole()) {
    packet.path = 0;
    return false;
  }
  if (packet.path >> (2 * PortBits) != 0)
    packet.turn.take(router_.graph().ways);
  packet.path >>= PortBits;
  join(index, port, now);
  return true;
}

PortIndex SwitchedWay::choose(SwitchedPacket& packet, std::int64_t now)
{
  const bool at_source = packet.came_by == NoPort;
  const Router::Place place = at_source ? Router::at_source(packet.source) : router_.behind(packet.came_by);
  const auto ways = router_.onward(place, packet.destination);
  if (ways.empty())
    return NoPort;
  if (at_source)
    return way_at_source(ways, packet.number);
  if (rules_.leaf_rule != nullptr) {
    std::vector<std::int64_t> queues;
    queues.reserve(ways.size());
    for (const PortIndex port : ways)
      queues.push_back(leaves_at(port, now));
    return ways[rules_.leaf_rule(queues)];
  }
  return ways[packet.turn.take(static_cast<std::uint32_t>(ways.size()))];
}

// The packet's head is in front of a port.
void SwitchedWay::join(PacketIndex index, PortIndex port, std::int64_t now)
{
  SwitchedPacket& packet = packets_[index];
  packet.work = rounded(packet.bytes * links_[port].ps_per_byte);
  packet.joined = now;
  if (!(packet.came_by == NoPort ? rules_.lanes_wait : rules_.switches_wait)) {
    if (links_[port].downs > 0)
      lose(index, now);
    else
      depart(index, port, ready(packet, port));
    return;
  }
  if (!packet.is_control) {
    const std::uint32_t first = packet.traffic_class * router_.graph().levels;
    bool waits = false;
    for (std::uint32_t lane = first; lane < first + router_.graph().levels; ++lane)
      waits = waits || !queues_.is_empty(port, lane);
    if (!waits)
      schedule_.begin_waiting(port, packet.traffic_class);
  }
  if (pass_idle_port(index, port, now))
    return;
  queues_.push(port, lane_of(packet), index, packets_);
  if (ports_[port].busy_until <= now)
    serve(port, now);
  else
    plan_look(port, ports_[port].busy_until);
  queues_.note_peak(port);
}

// When the packet can leave the port, as fast as that is now, in one piece: off a slower port its tail comes late.
std::int64_t SwitchedWay::ready(const SwitchedPacket& packet, PortIndex port) const
{
  if (!rules_.cut_through || packet.lasts == 0)
    return packet.joined;
  return packet.joined + std::max<std::int64_t>(0, packet.lasts - rounded(packet.bytes * links_[port].ps_per_byte));
}

// Sends what can leave, one after another; then plans to look again where that is known to be of use.
void SwitchedWay::serve(PortIndex port, std::int64_t now)
{
  if (links_[port].downs > 0)
    return;
  while (ports_[port].busy_until <= now && queues_.holds_any(port)) {
    std::int64_t next = LaneQueues::NoLook;
    const std::uint32_t lane = next_lane(port, now, next);
    if (lane == NoIndex) {
      if (next != LaneQueues::NoLook)
        plan_look(port, next);
      return;
    }
    const PacketIndex index = queues_.pop(port, lane, packets_);
    const SwitchedPacket& packet = packets_[index];
    if (!packet.is_control)
      schedule_.serve(port, packet.traffic_class, packet.bytes);
    depart(index, port, now);
    wake_flows(port, now);
  }
  if (queues_.holds_any(port))
    plan_look(port, ports_[port].busy_until);
}

std::uint32_t SwitchedWay::next_lane(PortIndex port, std::int64_t now, std::int64_t& next)
{
  const std::uint32_t levels = router_.graph().levels;
  const auto highest_level = [&](std::uint32_t group) {
    for (std::uint32_t lane = (group + 1) * levels; lane-- > group * levels;)
      if (can_leave(port, lane, now, next))
        return lane;
    return NoIndex;
  };
  if (const std::uint32_t control = highest_level(schedule_.classes()); control != NoIndex)
    return control;
  std::uint32_t best = NoIndex;
  for (std::uint32_t each = 0; each < schedule_.classes(); ++each) {
    const std::uint32_t lane = highest_level(each);
    if (lane != NoIndex && (best == NoIndex || !schedule_.is_before(port, best / levels, each)))
      best = lane;
  }
  return best;
}

bool SwitchedWay::can_leave(PortIndex port, std::uint32_t lane, std::int64_t now, std::int64_t& next)
{
  if (queues_.is_empty(port, lane))
    return false;
  const SwitchedPacket& packet = packets_[queues_.head(port, lane)];
  if (!has_credit(packet, port, lane, now)) {
    plan_telling(port, lane, packet.bytes);
    return false;
  }
  const std::int64_t own = ready(packet, port);
  if (own > now)
    next = std::min(next, own);
  return own <= now;
}

// Credits that come back now are known to looks and packets, not yet to emissions and changes.
bool SwitchedWay::has_credit(const SwitchedPacket& packet, PortIndex port, std::uint32_t lane, std::int64_t now)
{
  return !rules_.with_credits || router_.leads_to(port, packet.destination) ||
         credits_.suffices(port, lane, packet.bytes, is_before_credits_ ? now - 1 : now);
}

// Nothing waits at the port, and the packet can leave at once.
bool SwitchedWay::pass_idle_port(PacketIndex index, PortIndex port, std::int64_t now)
{
  const SwitchedPacket& packet = packets_[index];
  if (ports_[port].busy_until > now || ready(packet, port) > now || queues_.holds_any(port) || links_[port].downs > 0 ||
      !has_credit(packet, port, lane_of(packet), now))
    return false;
  if (!packet.is_control)
    schedule_.serve(port, packet.traffic_class, packet.bytes);
  depart(index, port, now);
  wake_flows(port, now);
  return true;
}

void SwitchedWay::depart(PacketIndex index, PortIndex number, std::int64_t begin)
{
  SwitchedPacket& packet = packets_[index];
  const LinkState& link = links_[number];
  const std::uint32_t lane = lane_of(packet);
  const std::int64_t lasts = rounded(packet.bytes * link.ps_per_byte);
  const std::uint32_t replays = link.bit_errors > 0 ? replays_of(packet, number) : 0;
  const std::int64_t repeated = replays * (lasts + 2 * link.latency);
  Port& port = ports_[number];
  const std::int64_t until = begin + repeated + lasts;
  // Nobody waits for a packet that only comes through, where it waits for nobody.
  if (packet.came_by == NoPort || rules_.switches_wait)
    port.busy_until = until;
  const std::uint64_t sent = std::uint64_t{packet.bytes} * (1 + replays);
  port.bytes += sent;
  links_.count_sent(number, sent, replays);
  counters_.replays += replays;
  ++counters_.port_hops;
  if (packet.holds_credit)
    give_credit(packet, until);
  packet.holds_credit = rules_.with_credits && !router_.leads_to(number, packet.destination);
  if (packet.holds_credit)
    credits_.take(number, lane, packet.bytes);
  packet.came_by = number;
  packet.came_lane = static_cast<std::uint8_t>(lane);
  packet.failures = link.failures;
  packet.lasts = lasts;
  // The port behind the link is a hint for prefetch().
  plan(Step::Arrive, begin + repeated + link.latency + (rules_.cut_through ? 0 : lasts),
       (packet.path & PortMask) << IndexBits | index, packet.order);
}

// How often a packet is sent again over a link before it is received right. Without replays, or when they do not help,
// it is marked instead.
std::uint32_t SwitchedWay::replays_of(SwitchedPacket& packet, PortIndex port) const
{
  const double share = packet_error(links_[port].bit_errors, packet.bytes);
  const auto is_wrong = [&](std::uint32_t attempt) {
    return error_draw(rules_.seed, packet.order, port - 1, packet.tries, attempt) < share;
  };
  if (!rules_.retry.replays_on_link) {
    packet.is_wrong = is_wrong(0);
    return 0;
  }
  std::uint32_t attempt = 0;
  while (attempt < MostReplays && is_wrong(attempt))
    ++attempt;
  packet.is_wrong = attempt == MostReplays && is_wrong(attempt);
  return attempt;
}

// Sent again by its source after its timeout, or given up.
void SwitchedWay::lose(PacketIndex index, std::int64_t now)
{
  SwitchedPacket& packet = packets_[index];
  ++counters_.lost_packets;
  if (packet.holds_credit)
    give_credit(packet, now);
  packet.holds_credit = false;
  plan(Step::Retry, std::max(now, packet.entered + rules_.retry.timeout.count()), index, packet.order);
}

void SwitchedWay::retry(PacketIndex index, std::int64_t now)
{
  SwitchedPacket packet = packets_[index];
  packets_.give_back(index);
  if (packet.tries == rules_.retry.resends) {
    sink_.give_up(packet, now);
    return;
  }
  ++packet.tries;
  ++counters_.resends;
  const std::uint32_t lane = (packet.first_lane + packet.tries) % rules_.lanes;
  enter(packet, first_port(packet.source, packet.destination, lane, packet.number), now);
}

void SwitchedWay::wake_flows(PortIndex port, std::int64_t now)
{
  if (waiting_flows_.empty())
    return;
  const auto found = waiting_flows_.find(port);
  if (found == waiting_flows_.end())
    return;
  const std::vector<FlowIndex> flows = std::move(found->second);
  waiting_flows_.erase(found);
  for (const FlowIndex flow : flows)
    sink_.wake(flow, now);
}

}  // namespace cm::sim::fabric

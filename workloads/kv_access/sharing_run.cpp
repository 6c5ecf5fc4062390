#include "workloads/kv_access/sharing_run.h"

#include "models/memory/memory_tier.h"
#include "sim/units/bit_mix.h"

#include <algorithm>

namespace cm::workloads {
namespace {

constexpr std::uint32_t RequestInbox = 0;
constexpr std::uint32_t DataInbox = 1;
constexpr std::uint32_t OtherInboxes = 2;

}  // namespace

SharingRun::SharingRun(const SharingSetup& setup, const models::MachineSpec& machine, sim::streams::DataPlane& plane,
                       std::uint64_t seed, sim::streams::Signal done)
    : setup_(setup), machine_(machine), plane_(plane), notices_(plane.add_owner(*this)), done_(done),
      directory_(setup.lines), has_read_(setup.sharers, std::vector<bool>(setup.lines)), lines_(setup.lines),
      active_(setup.sharers)
{
  for (std::uint32_t sharer = 0; sharer < setup.sharers; ++sharer)
    sharers_.push_back({.left = setup.accesses,
                        .line = 0,
                        .is_write = false,
                        .start = {},
                        .transaction = {},
                        .acknowledgements = 0,
                        .has_line = false,
                        .draws = {seed, "kv sharing", sharer}});
  // An inbox is named relative to the endpoint that receives: these in front keep the names above zero.
  plane_.fabric().add_inboxes(machine.topology.ub_endpoints());
  inboxes_ = plane_.fabric().add_inboxes(setup.sharers * (setup.sharers + OtherInboxes));
}

std::uint32_t SharingRun::inbox_of(std::uint32_t sharer, std::uint32_t part) const
{
  return inboxes_ + sharer * (setup_.sharers + OtherInboxes) + part;
}

// Lines are spread over all CPUs by hash.
std::uint32_t SharingRun::home(std::uint32_t line) const
{
  return machine_.topology.dies() + static_cast<std::uint32_t>(mix_index(line) % machine_.topology.cpus());
}

void SharingRun::send(std::uint32_t from, std::uint32_t to, bool with_line, std::uint32_t inbox, std::uint64_t notice)
{
  const Bytes bytes = with_line ? machine_.memory->coherence.line : machine_.ub.control_packet;
  const auto size = static_cast<std::uint32_t>(bytes.count());
  plane_.fabric().expect(inbox, size, 0, notice);
  sim::fabric::FlowSpec flow;
  flow.traffic_class = machine_.ub.traffic.of(models::Traffic::Cache);
  flow.source = from;
  flow.messages = {{to, size}};
  flow.inbox = inbox - to;
  flow.control = !with_line;
  ++result_.messages;
  plane_.start(std::move(flow));
}

// Nobody waits for it.
void SharingRun::write_back(std::uint32_t from, std::uint32_t line)
{
  sim::fabric::FlowSpec flow;
  flow.traffic_class = machine_.ub.traffic.of(models::Traffic::Cache);
  flow.source = from;
  flow.messages = {{home(line), static_cast<std::uint32_t>(machine_.memory->coherence.line.count())}};
  ++result_.messages;
  plane_.start(std::move(flow));
}

void SharingRun::start()
{
  for (std::uint32_t sharer = 0; sharer < setup_.sharers; ++sharer)
    next_access(sharer);
}

void SharingRun::next_access(std::uint32_t index)
{
  Sharer& sharer = sharers_[index];
  if (sharer.left == 0) {
    if (--active_ == 0)
      plane_.raise(done_);
    return;
  }
  --sharer.left;
  sharer.line = sharer.draws.below(setup_.lines);
  sharer.is_write = sharer.draws.uniform() < setup_.write_share;
  sharer.start = plane_.now();
  const bool hits = setup_.is_coherent ? directory_.hits(sharer.line, index, sharer.is_write)
                                       : !sharer.is_write && has_read_[index][sharer.line];
  const Seconds hit = machine_.memory->translation.hit;
  if (hits)
    plane_.remind(to_picoseconds(hit + machine_.memory->ladder.l2_cache), notices_(Event::Done, index));
  else
    plane_.remind(to_picoseconds(hit + models::endpoint_time(machine_, false, sharer.is_write && !setup_.is_coherent)),
                  notices_(Event::Issued, index));
}

void SharingRun::issue(std::uint32_t index)
{
  const Sharer& sharer = sharers_[index];
  // A new block takes its data along; everything else asks first. The acknowledgement of a write is a message too.
  const bool is_new_block = sharer.is_write && !setup_.is_coherent;
  send(index, home(sharer.line), is_new_block, inbox_of(index, RequestInbox), notices_(Event::Arrived, index));
}

void SharingRun::arrive(std::uint32_t index)
{
  const std::uint32_t line = sharers_[index].line;
  if (!setup_.is_coherent) {
    plane_.remind(to_picoseconds(machine_.memory->ladder.dram), notices_(Event::MemoryRead, index));
    return;
  }
  ++result_.requests;
  if (lines_[line].is_busy) {
    ++result_.conflicts;
    lines_[line].waiting.push_back(index);
    return;
  }
  begin(index);
}

void SharingRun::begin(std::uint32_t index)
{
  lines_[sharers_[index].line].is_busy = true;
  sharers_[index].has_line = true;
  const models::MemorySpec& memory = *machine_.memory;
  plane_.remind(
      to_picoseconds(setup_.directory == DirectoryHome::Memory ? memory.ladder.dram : memory.lookup.switch_table),
      notices_(Event::LookedUp, index));
}

void SharingRun::look_up(std::uint32_t index)
{
  Sharer& sharer = sharers_[index];
  sharer.transaction = sharer.is_write ? directory_.write(sharer.line, index) : directory_.read(sharer.line, index);
  std::vector<models::CacheIndex> asked = sharer.transaction.invalidate;
  result_.invalidations += asked.size();
  if (asked.empty() && sharer.transaction.supplier)
    asked.push_back(*sharer.transaction.supplier);
  sharer.acknowledgements = asked.size();
  for (const models::CacheIndex other : asked)
    send(home(sharer.line), other, false, inbox_of(index, OtherInboxes + other),
         notices_(Event::Invalidated, index, other));
  if (asked.empty())
    supply(index);
}

void SharingRun::snooped(std::uint32_t index, std::uint32_t other)
{
  const Sharer& sharer = sharers_[index];
  if (sharer.transaction.supplier != other) {
    send(other, home(sharer.line), false, inbox_of(index, OtherInboxes + other),
         notices_(Event::Acknowledged, index, other));
    return;
  }
  if (sharer.transaction.write_back)
    write_back(other, sharer.line);
  send(other, index, true, inbox_of(index, DataInbox), notices_(Event::Done, index));
}

// No other copy is in the way any more: memory gives the line, or the home grants the writer's own copy.
void SharingRun::supply(std::uint32_t index)
{
  const Sharer& sharer = sharers_[index];
  if (sharer.transaction.memory_supplies)
    plane_.remind(to_picoseconds(machine_.memory->ladder.dram), notices_(Event::MemoryRead, index));
  else
    send(home(sharer.line), index, false, inbox_of(index, DataInbox), notices_(Event::Done, index));
}

void SharingRun::finish(std::uint32_t index)
{
  const Sharer& sharer = sharers_[index];
  (sharer.is_write ? result_.writes : result_.reads).record(microseconds(plane_.now() - sharer.start));
  if (!setup_.is_coherent)
    has_read_[index][sharer.line] = has_read_[index][sharer.line] || !sharer.is_write;
}

void SharingRun::release(std::uint32_t index)
{
  Line& line = lines_[index];
  line.is_busy = false;
  if (line.waiting.empty())
    return;
  const std::uint32_t near = models::node_of_endpoint(machine_.topology, home(index));
  auto first = std::ranges::find_if(
      line.waiting, [&](std::uint32_t sharer) { return models::node_of_endpoint(machine_.topology, sharer) == near; });
  if (first == line.waiting.end())
    first = line.waiting.begin();
  const std::uint32_t sharer = *first;
  line.waiting.erase(first);
  begin(sharer);
}

void SharingRun::on_notice(const sim::streams::Notice& notice, Picoseconds /*now*/)
{
  const std::uint32_t index = notice.member;
  const std::uint32_t other = notice.detail;
  Sharer& sharer = sharers_[index];
  switch (notice.as<Event>()) {
  case Event::Issued: issue(index); break;
  case Event::Arrived: arrive(index); break;
  case Event::LookedUp: look_up(index); break;
  case Event::Invalidated:
    plane_.remind(to_picoseconds(machine_.memory->coherence.snoop), notices_(Event::Snooped, index, other));
    break;
  case Event::Snooped: snooped(index, other); break;
  case Event::Acknowledged:
    if (--sharer.acknowledgements == 0)
      supply(index);
    break;
  case Event::MemoryRead:
    send(home(sharer.line), index, !sharer.is_write || setup_.is_coherent, inbox_of(index, DataInbox),
         notices_(Event::Done, index));
    break;
  case Event::Done: {
    finish(index);
    if (sharer.has_line)
      release(sharer.line);
    sharer.has_line = false;
    next_access(index);
    break;
  }
  }
}

}  // namespace cm::workloads

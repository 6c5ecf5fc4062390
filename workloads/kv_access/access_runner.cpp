#include "workloads/kv_access/access_runner.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::workloads {
namespace {

using models::Endpoint;
using models::Share;
using models::Step;
using models::StepKind;
namespace fabric = sim::fabric;

constexpr std::int64_t LargestMessage = 1 << 30;

std::size_t index(Share share)
{
  return static_cast<std::size_t>(share);
}

}  // namespace

AccessRunner::AccessRunner(const models::MachineSpec& machine, sim::streams::DataPlane& plane,
                           const models::EndpointEngines& engines)
    : machine_(machine), plane_(plane), engines_(engines), notices_(plane.add_owner(*this)),
      sources_(machine.topology.ub_endpoints())
{
  using Owner = models::StationSpec::Owner;
  const auto& topology = machine.topology;
  for (std::size_t i = 0; i < models::Stations; ++i) {
    const models::StationSpec spec = station_spec(machine, static_cast<models::Station>(i));
    const std::uint32_t count = spec.owner == Owner::Endpoint ? topology.ub_endpoints()
                                : spec.owner == Owner::Node   ? topology.nodes
                                                              : 1;
    resources_.add({.name = std::string(spec.name),
                    .count = count,
                    .channels = spec.channels,
                    .interleave = spec.interleave,
                    .rate = spec.rate,
                    .latency = spec.latency});
    owners_.push_back(spec.owner);
  }
  translations_.assign(topology.dies(), {machine.memory->translation, machine.memory->ladder.hbm});
  // An inbox is named relative to the endpoint that receives: with these in front no strand's name is below zero.
  plane_.fabric().add_inboxes(topology.ub_endpoints());
  forget_load();
}

void AccessRunner::forget_load()
{
  const auto& topology = machine_.topology;
  load_.die_reads.assign(topology.dies(), {});
  load_.die_writes.assign(topology.dies(), {});
  load_.cpu_reads.assign(topology.cpus(), {});
  load_.cpu_writes.assign(topology.cpus(), {});
  resources_.forget_busy_times();
}

std::uint64_t AccessRunner::translation_misses() const
{
  std::uint64_t misses = 0;
  for (const models::Translation& each : translations_)
    misses += each.misses();
  return misses;
}

void AccessRunner::start(AccessRequest request)
{
  ensure(!request.places.empty() && request.places.size() == request.paths.size(), "{} places with {} paths",
         request.places.size(), request.paths.size());
  std::uint32_t access = 0;
  if (free_accesses_.empty()) {
    access = static_cast<std::uint32_t>(accesses_.size());
    accesses_.emplace_back();
  } else {
    access = free_accesses_.back();
    free_accesses_.pop_back();
  }
  const std::size_t places = request.places.size();
  accesses_[access] = {
      .request = std::move(request), .start = plane_.now(), .taken = std::vector<Bytes>(places), .running = 1};
  run_step(new_strand(access, Phase::Before, {}));
}

std::uint32_t AccessRunner::new_strand(std::uint32_t access, Phase phase, const Shares& shares)
{
  std::uint32_t index = 0;
  if (free_strands_.empty()) {
    index = static_cast<std::uint32_t>(strands_.size());
    strands_.emplace_back();
    strands_.back().inbox = plane_.fabric().add_inboxes(1);
  } else {
    index = free_strands_.back();
    free_strands_.pop_back();
  }
  Strand& strand = strands_[index];
  strand.access = access;
  strand.phase = phase;
  strand.step = 0;
  strand.shares = shares;
  const AccessRequest& request = accesses_[access].request;
  Bytes all;
  for (const models::Place& place : request.places)
    all += place.bytes;
  strand.chunk = {0, request.places.front().address, all};
  return index;
}

const std::vector<Step>& AccessRunner::steps(const Strand& strand) const
{
  const AccessRequest& request = accesses_[strand.access].request;
  switch (strand.phase) {
  case Phase::Before: return request.paths.front()->before;
  case Phase::Each: return request.paths[strand.chunk.place]->each;
  case Phase::After: break;
  }
  return request.paths.front()->after;
}

std::uint32_t AccessRunner::endpoint(const Strand& strand, Endpoint at) const
{
  const AccessRequest& request = accesses_[strand.access].request;
  const std::uint32_t target = request.places[strand.chunk.place].endpoint;
  const auto host_of = [&](std::uint32_t endpoint) {
    const auto& topology = machine_.topology;
    return topology.dies() + models::node_of_endpoint(topology, endpoint) * topology.cpus_per_node;
  };
  switch (at) {
  case Endpoint::Initiator: return request.die;
  case Endpoint::Target: return target;
  case Endpoint::InitiatorHost: return host_of(request.die);
  case Endpoint::TargetHost: break;
  }
  return host_of(target);
}

Picoseconds AccessRunner::serve(const Strand& strand, const Step& step)
{
  using Owner = models::StationSpec::Owner;
  const auto station = static_cast<std::size_t>(step.station);
  const std::uint32_t at = endpoint(strand, step.at);
  const std::uint32_t server = owners_[station] == Owner::Endpoint ? at
                               : owners_[station] == Owner::Node   ? models::node_of_endpoint(machine_.topology, at)
                                                                   : 0;
  return resources_.serve({.kind = static_cast<sim::streams::ServerKind>(station),
                           .server = server,
                           .address = strand.chunk.address,
                           .bytes = strand.chunk.bytes,
                           .streams = step.streams},
                          plane_.now());
}

void AccessRunner::run_step(std::uint32_t index)
{
  Strand& strand = strands_[index];
  const std::vector<Step>& all = steps(strand);
  if (strand.step == all.size()) {
    end_phase(index);
    return;
  }
  const Step& step = all[strand.step];
  const Picoseconds now = plane_.now();
  strand.since = now;
  switch (step.kind) {
  case StepKind::Wait: plane_.remind(to_picoseconds(step.time), end_of_step(index)); break;
  case StepKind::Serve: plane_.remind(serve(strand, step) - now, end_of_step(index)); break;
  case StepKind::Translate: {
    const auto page = strand.chunk.address / static_cast<std::uint64_t>(machine_.memory->translation.page.count());
    const std::uint64_t target = endpoint(strand, Endpoint::Target);
    const std::uint32_t die = accesses_[strand.access].request.die;
    plane_.remind(translations_[die].translate(target << 48U ^ page, now) - now, end_of_step(index));
    break;
  }
  case StepKind::Request: send_request(index, endpoint(strand, step.at)); break;
  case StepKind::Fetch: begin_fetch(index, step); break;
  case StepKind::Post: send_data(index, step); break;
  }
}

void AccessRunner::on_notice(const sim::streams::Notice& notice, Picoseconds now)
{
  const std::uint32_t index = notice.member;
  Strand& strand = strands_[index];
  const Step& step = steps(strand)[strand.step];
  strand.shares.at(workloads::index(step.share)) += now - strand.since;
  if (step.kind == StepKind::Fetch)
    end_fetch(endpoint(strand, step.at));
  ++strand.step;
  run_step(index);
}

void AccessRunner::begin_fetch(std::uint32_t index, const Step& step)
{
  Source& source = sources_[endpoint(strands_[index], step.at)];
  if (source.serving == machine_.memory->transfer.served) {
    source.waiting.push_back(index);
    return;
  }
  ++source.serving;
  send_data(index, step);
}

void AccessRunner::end_fetch(std::uint32_t endpoint)
{
  Source& source = sources_[endpoint];
  if (source.waiting.empty()) {
    --source.serving;
    return;
  }
  const std::uint32_t next = source.waiting.front();
  source.waiting.pop_front();
  send_data(next, steps(strands_[next])[strands_[next].step]);
}

void AccessRunner::send_request(std::uint32_t index, std::uint32_t to)
{
  const Strand& strand = strands_[index];
  const auto size = static_cast<std::uint32_t>(machine_.ub.control_packet.count());
  plane_.fabric().expect(strand.inbox, size, 0, end_of_step(index));
  fabric::FlowSpec flow;
  flow.traffic_class = machine_.ub.traffic.of(models::Traffic::Cache);
  flow.source = accesses_[strand.access].request.die;
  flow.messages = {{to, size}};
  flow.inbox = strand.inbox - to;
  flow.control = true;
  plane_.start(std::move(flow));
}

void AccessRunner::send_data(std::uint32_t index, const Step& step)
{
  const Strand& strand = strands_[index];
  const std::uint32_t die = accesses_[strand.access].request.die;
  const std::uint32_t other = endpoint(strand, step.at);
  const bool is_read = step.kind == StepKind::Fetch;
  fabric::FlowSpec flow;
  flow.traffic_class = machine_.ub.traffic.of(models::Traffic::Cache);
  flow.source = is_read ? other : die;
  const std::uint32_t destination = is_read ? die : other;
  for (std::int64_t left = strand.chunk.bytes.count(); left > 0; left -= LargestMessage)
    flow.messages.push_back({destination, static_cast<std::uint32_t>(std::min(left, LargestMessage))});
  flow.engine = engines_.source(flow.source, is_read);
  if (!step.by_sdma) {
    const auto sink = engines_.sink(destination, is_read);
    flow.sink_engine = sink.first;
    flow.sink_rate = sink.rate;
  }
  if (is_read) {
    plane_.fabric().expect(strand.inbox, static_cast<std::uint64_t>(strand.chunk.bytes.count()), 0, end_of_step(index));
    flow.inbox = strand.inbox - destination;
  } else {
    flow.fence_notice = end_of_step(index);
  }
  note_load(strand, step, die, other);
  plane_.start(std::move(flow));
}

void AccessRunner::note_load(const Strand& strand, const Step& step, std::uint32_t die, std::uint32_t other)
{
  const double cost = plane_.fabric().same_group(die, other) ? 1.0 : 1.0 + machine_.ub.internode_cost;
  const auto busy = [&](BytesPerSecond rate) { return to_picoseconds(strand.chunk.bytes / rate * cost); };
  const bool is_read = step.kind == StepKind::Fetch;
  if (is_read && !step.by_sdma)
    load_.die_reads[die] += to_picoseconds(strand.chunk.bytes / machine_.die.read_engine);
  if (!is_read)
    load_.die_writes[die] += busy(machine_.die.write_engine);
  if (engines_.is_die(other))
    return;
  const std::uint32_t cpu = other - machine_.topology.dies();
  if (is_read)
    load_.cpu_reads[cpu] += busy(machine_.cpu.remote_read);
  else
    load_.cpu_writes[cpu] += to_picoseconds(strand.chunk.bytes / machine_.cpu.remote_write);
}

// The next piece of the next place that has one left; places take turns.
bool AccessRunner::take_chunk(Strand& strand)
{
  Access& access = accesses_[strand.access];
  const std::vector<models::Place>& places = access.request.places;
  for (std::size_t tried = 0; tried < places.size(); ++tried) {
    const std::size_t at = access.next_place;
    access.next_place = (at + 1) % places.size();
    const Bytes left = places[at].bytes - access.taken[at];
    if (left.count() == 0)
      continue;
    const Bytes bytes = std::min(left, access.request.paths[at]->chunk);
    strand.chunk = {at, places[at].address + static_cast<std::uint64_t>(access.taken[at].count()), bytes};
    access.taken[at] += bytes;
    return true;
  }
  return false;
}

void AccessRunner::begin_chunks(std::uint32_t first)
{
  const std::uint32_t index = strands_[first].access;
  const int window = accesses_[index].request.paths.front()->window;
  const Shares shares = strands_[first].shares;
  for (int i = 0; i < window; ++i) {
    const std::uint32_t strand = i == 0 ? first : new_strand(index, Phase::Each, shares);
    strands_[strand].phase = Phase::Each;
    strands_[strand].step = 0;
    if (!take_chunk(strands_[strand])) {
      free_strands_.push_back(strand);
      return;
    }
    accesses_[index].running += i > 0 ? 1 : 0;
    run_step(strand);
  }
}

void AccessRunner::end_phase(std::uint32_t index)
{
  Strand& strand = strands_[index];
  switch (strand.phase) {
  case Phase::Before: begin_chunks(index); return;
  case Phase::Each:
    strand.step = 0;
    if (take_chunk(strand)) {
      run_step(index);
      return;
    }
    if (--accesses_[strand.access].running > 0) {
      free_strands_.push_back(index);
      return;
    }
    strand.phase = Phase::After;
    strand.chunk = {0, accesses_[strand.access].request.places.front().address, Bytes(0)};
    for (const models::Place& place : accesses_[strand.access].request.places)
      strand.chunk.bytes += place.bytes;
    run_step(index);
    return;
  case Phase::After: end_access(index); return;
  }
}

void AccessRunner::end_access(std::uint32_t index)
{
  const Strand& strand = strands_[index];
  const Access& access = accesses_[strand.access];
  AccessTimes times{.total = plane_.now() - access.start, .shares = strand.shares};
  Picoseconds sum;
  for (const Picoseconds share : times.shares)
    sum += share;
  ensure(sum == times.total, "the shares of an access are {} ps and its latency {} ps", sum.count(),
         times.total.count());
  const std::uint64_t tag = access.request.tag;
  free_accesses_.push_back(strand.access);
  free_strands_.push_back(index);
  listener_->on_access(tag, times);
}

}  // namespace cm::workloads

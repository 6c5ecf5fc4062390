#include "workloads/point_to_point/p2p.h"

#include "models/memory/memory_tier.h"
#include "models/network/card_planes.h"
#include "models/network/carrier.h"
#include "models/network/fabric_use.h"
#include "models/network/queue_report.h"
#include "sim/engine/engine.h"
#include "sim/units/parse_quantity.h"
#include "workloads/live_machine/live_machine.h"
#include "workloads/point_to_point/p2p_metric_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace cm::workloads {
namespace {

using sim::config::Reader;
namespace fabric = sim::fabric;

// Messages are cut at this size so that a transfer of any length fits the fabric's 32-bit message sizes.
constexpr std::int64_t LargestMessage = 1 << 30;

void read_endpoint(Reader& workload, std::string_view name, std::string_view sentence,
                   const topology::SupernodeSpec& machine, std::optional<std::uint32_t>& out)
{
  std::string text;
  workload.required({name, sentence}, text);
  if (text.empty())
    return;
  const std::size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  std::uint32_t number = 0;
  bool is_number = false;
  if (colon != std::string::npos) {
    const auto [end, error] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), number);
    is_number = error == std::errc() && end == text.data() + text.size();
  }
  if (!is_number || (kind != "die" && kind != "cpu")) {
    workload.complain(name, fmt::format("expected an endpoint like \"die:17\" or \"cpu:3\", found \"{}\"", text));
    return;
  }
  const std::uint32_t count = kind == "die" ? machine.dies() : machine.cpus();
  if (count > 0 && number >= count)
    workload.complain(name, fmt::format("the machine has {0}:0 to {0}:{1}, found \"{2}\"", kind, count - 1, text));
  else
    out = kind == "die" ? number : machine.dies() + number;
}

// Base latency of the access, without the ways there and back.
Seconds base_latency(const P2pSpec& spec, const models::MachineSpec& machine)
{
  const Seconds base = spec.to < machine.topology.dies() ? machine.ub.access.npu_base : machine.ub.access.cpu_base;
  return spec.op == AccessOp::Write ? base + machine.ub.access.write_extra : base;
}

// Issues the access when its base latency has passed and waits for data (read) or acknowledgement (write).
class Access final : public sim::streams::NoticeOwner {
 public:
  Access(const P2pSpec& spec, const models::MachineSpec& machine, sim::streams::DataPlane& plane,
         const models::EndpointEngines& engines, sim::streams::Signal done)
      : spec_(spec), machine_(machine), plane_(plane), engines_(engines), notices_(plane.add_owner(*this)), done_(done),
        inboxes_(plane.fabric().add_inboxes(machine.topology.ub_endpoints()))
  {
  }

  void start() { plane_.remind(to_picoseconds(base_latency(spec_, machine_)), notices_(Step::Issue)); }

  void on_notice(const sim::streams::Notice& notice, Picoseconds now) override
  {
    switch (notice.as<Step>()) {
    case Step::Issue:
      if (spec_.op == AccessOp::Write)
        send_data(spec_.from, spec_.to);
      else if (machine_.cards)
        plane_.remind(Picoseconds(plane_.fabric().path_latency_ps(spec_.from, spec_.to)), notices_(Step::Requested));
      else
        send_request();
      break;
    case Step::Requested: send_data(spec_.to, spec_.from); break;
    case Step::Finished:
      end_ = now;
      plane_.raise(done_);
      break;
    }
  }

  [[nodiscard]] Picoseconds end() const { return end_; }

 private:
  enum class Step : std::uint8_t { Issue, Requested, Finished };

  void send_request()
  {
    const auto size = static_cast<std::uint32_t>(machine_.ub.control_packet.count());
    plane_.fabric().expect(inboxes_ + spec_.to, size, 0, notices_(Step::Requested));
    fabric::FlowSpec flow;
    flow.traffic_class = machine_.ub.traffic.of(models::Traffic::Copies);
    flow.source = spec_.from;
    flow.messages = {{spec_.to, size}};
    flow.inbox = inboxes_;
    flow.control = true;
    plane_.start(std::move(flow));
  }

  void send_data(std::uint32_t source, std::uint32_t destination)
  {
    const bool is_read = spec_.op == AccessOp::Read;
    fabric::FlowSpec flow;
    flow.traffic_class = machine_.ub.traffic.of(models::Traffic::Copies);
    flow.source = source;
    for (std::int64_t left = spec_.bytes.count(); left > 0; left -= LargestMessage)
      flow.messages.push_back({destination, static_cast<std::uint32_t>(std::min(left, LargestMessage))});
    flow.engine = engines_.source(source, is_read);
    const auto sink = engines_.sink(destination, is_read);
    flow.sink_engine = sink.first;
    flow.sink_rate = sink.rate;
    if (is_read) {
      plane_.fabric().expect(inboxes_ + destination, static_cast<std::uint64_t>(spec_.bytes.count()), 0,
                             notices_(Step::Finished));
      flow.inbox = inboxes_;
    } else {
      flow.fence_notice = notices_(Step::Finished);
    }
    plane_.start(std::move(flow));
  }

  P2pSpec spec_;
  const models::MachineSpec& machine_;
  sim::streams::DataPlane& plane_;
  const models::EndpointEngines& engines_;
  sim::streams::NoticeRange notices_;
  sim::streams::Signal done_;
  fabric::InboxIndex inboxes_;
  Picoseconds end_;
};

// The narrowest of the lanes and the engines at both ends; none where nothing paces the bytes.
std::optional<models::Carrier> narrowest_carrier(const P2pSpec& spec, const models::MachineSpec& machine,
                                                 const models::EndpointEngines& engines)
{
  const bool is_read = spec.op == AccessOp::Read;
  const std::uint32_t source = is_read ? spec.to : spec.from;
  const std::uint32_t destination = is_read ? spec.from : spec.to;
  std::optional<models::Carrier> carrier;
  if (machine.cards && !machine.free.network)
    return models::Carrier{machine.cards == models::CardPlane::Rdma ? "an RDMA adapter" : "a VPC card", "carries",
                           models::all_lanes(machine)};
  if (machine.cards)
    return std::nullopt;
  if (!machine.free.network)
    carrier = {"the lanes", "carry", models::way_rate(machine, source, destination)};
  const bool is_near =
      models::node_of_endpoint(machine.topology, source) == models::node_of_endpoint(machine.topology, destination);
  const double cost = is_near ? 1.0 : 1.0 + machine.ub.internode_cost;
  const fabric::EngineUse use = engines.source(source, is_read);
  if (use.engine != fabric::NoIndex)
    carrier = models::narrower(carrier, {is_read ? "the CPU's memory" : "the die's write engine", "delivers",
                                         use.rate * (engines.engines_of(use) / cost)});
  return models::narrower(carrier, {is_read ? "the die's read engine" : "the CPU's memory", "takes",
                                    engines.sink(destination, is_read).rate / cost});
}

struct Outcome {
  Seconds time;
  std::optional<models::Carrier> carrier;
};

Outcome run_on_packets(const P2pSpec& spec, const models::MachineSpec& machine, std::uint64_t seed,
                       sim::metrics::Result& result)
{
  const topology::Supernode supernode(machine.topology);
  LiveMachine live(machine, supernode, seed);
  MachineRun carried(live);
  const sim::streams::Signal done = carried.new_signal();
  Access access(spec, machine, live.plane(), live.engines(), done);
  carried.run("p2p", access, done);
  models::add_card_notes(machine, result.notes);
  models::report_links(machine, live.plane(), result);
  return {to_seconds(access.end()), narrowest_carrier(spec, machine, live.engines())};
}

// The same access as one flow of SimGrid: latency terms and the narrowest of lanes and endpoint engines.
Outcome run_on_flows(const P2pSpec& spec, const models::MachineSpec& machine, std::uint64_t seed)
{
  const topology::Supernode supernode(machine.topology);
  LiveMachine live(machine, supernode, seed);
  const sim::fabric::PacketFabric& fabric = live.plane().fabric();
  const models::EndpointEngines& engines = live.engines();
  const bool is_read = spec.op == AccessOp::Read;
  const std::uint32_t source = is_read ? spec.to : spec.from;
  const std::uint32_t destination = is_read ? spec.from : spec.to;
  const double cost = fabric.same_group(source, destination) ? 1.0 : 1.0 + machine.ub.internode_cost;
  const BytesPerSecond way = models::way_rate(machine, source, destination);
  const auto limited = [&](BytesPerSecond rate) { return rate.count() > 0 ? std::min(way, rate / cost) : way; };
  const sim::fabric::EngineUse use = engines.source(source, is_read);
  const BytesPerSecond source_rate =
      use.engine == sim::fabric::NoIndex ? BytesPerSecond(0) : use.rate * engines.engines_of(use);
  const Seconds one_way = to_seconds(Picoseconds(fabric.path_latency_ps(source, destination)));
  sim::engine::Engine engine;
  const std::size_t plane =
      engine.add_plane({.name = "ub",
                        .endpoints = {{"source", limited(source_rate), way},
                                      {"destination", way, limited(engines.sink(destination, is_read).rate)}},
                        .latency = one_way});
  Seconds end;
  engine.spawn("p2p", [&](sim::engine::Control& control) {
    control.sleep(base_latency(spec, machine) + one_way);
    control.transfer(plane, 0, 1, spec.bytes);
    end = control.now();
  });
  engine.run();
  return {end, narrowest_carrier(spec, machine, engines)};
}

std::string limit_sentence(const P2pSpec& spec, const Outcome& outcome)
{
  constexpr double Busy = 0.8;
  constexpr double Idle = 0.2;
  if (!outcome.carrier)
    return "Latency limits, not bandwidth: nothing on the way has a rate that paces the bytes.";
  const double share = ratio(spec.bytes / outcome.time, outcome.carrier->rate);
  const std::string clause = outcome.carrier->clause();
  if (share >= Busy)
    return fmt::format("Bandwidth limits: the bytes take {:.0f} % of what {} in the time of the access.", 100 * share,
                       clause);
  if (share < Idle)
    return fmt::format("Latency limits, not bandwidth: the bytes take {:.2g} % of what {} in the time of the access.",
                       100 * share, clause);
  return fmt::format("Neither bandwidth nor latency stands out: the bytes take {:.0f} % of what {} in the time of the "
                     "access; latency takes the rest.",
                     100 * share, clause);
}

// A way inside a node is simulated only where the node's own links are.
void check_way(Reader& workload, const models::MachineSpec& machine, const std::optional<std::uint32_t>& from,
               const std::optional<std::uint32_t>& to)
{
  const topology::SupernodeSpec& t = machine.topology;
  const auto node_of = [&](std::uint32_t endpoint) {
    return endpoint < t.dies() ? endpoint / t.dies_per_node() : (endpoint - t.dies()) / t.cpus_per_node;
  };
  if (const auto problem = machine.node_traffic_problem(); problem && from && to && node_of(*from) == node_of(*to))
    workload.complain("to", "it stands in the node of workload.from: " + *problem);
  const auto is_cpu = [&](const std::optional<std::uint32_t>& endpoint) { return endpoint && *endpoint >= t.dies(); };
  if (const auto problem = machine.cpu_traffic_problem(); problem && (is_cpu(from) || is_cpu(to)))
    workload.complain(is_cpu(from) ? "from" : "to", *problem);
}

// Both ends have a card of the plane that carries the bytes.
void check_cards(Reader& workload, const models::MachineSpec& machine, const std::optional<std::uint32_t>& from,
                 const std::optional<std::uint32_t>& to)
{
  const auto check = [&](std::string_view key, const std::optional<std::uint32_t>& endpoint) {
    if (!endpoint)
      return;
    if (const auto problem = models::card_problem(machine, *endpoint))
      workload.complain(key, *problem);
  };
  check("from", from);
  check("to", to);
}

void check_memory(Reader& workload, const models::MachineSpec& machine, const P2pSpec& spec)
{
  const auto memory_of = [&](std::uint32_t endpoint) {
    return endpoint < machine.topology.dies() ? machine.die.hbm_capacity : machine.cpu.dram_capacity;
  };
  const Bytes room = std::min(memory_of(spec.from), memory_of(spec.to));
  if (room > Bytes(0) && spec.bytes > room)
    workload.complain("bytes", fmt::format("expected at most the {} of the smaller of the two memories, found {}",
                                           to_text(room), to_text(spec.bytes)));
}

}  // namespace

P2pSpec read_p2p(Reader& workload, models::MachineSpec& machine)
{
  P2pSpec spec;
  enum class Kind { P2p } kind = Kind::P2p;
  workload.choice({"kind", "kind of the workload"}, kind, {{"p2p", Kind::P2p}}, true);
  models::read_plane(workload, machine);
  std::optional<std::uint32_t> from;
  std::optional<std::uint32_t> to;
  read_endpoint(workload, "from", "the initiator of the access", machine.topology, from);
  read_endpoint(workload, "to", "the endpoint whose memory is accessed", machine.topology, to);
  if (from && from == to)
    workload.complain("to",
                      "expected another endpoint than workload.from: an access to itself never enters the fabric");
  check_way(workload, machine, from, to);
  check_cards(workload, machine, from, to);
  workload.choice({"op", "read moves data to the initiator, write away from it"}, spec.op,
                  {{"read", AccessOp::Read}, {"write", AccessOp::Write}});
  spec.from = from.value_or(0);
  spec.to = to.value_or(0);
  workload.optional({"bytes", "size of the transfer", 1.0, 1e12}, spec.bytes);
  if (machine.ub.mtu.count() > 0 && spec.bytes.count() / machine.ub.mtu.count() > 2'000'000'000)
    workload.complain("bytes", fmt::format("expected at most 2,000,000,000 packets: a smaller transfer or a larger {}",
                                           machine.ub.key("mtu")));
  check_memory(workload, machine, spec);
  workload.finish();
  return spec;
}

std::vector<sim::config::UnusedKey> unused_keys(const P2pSpec& spec, const models::MachineSpec& machine)
{
  const std::uint32_t dies = machine.topology.dies();
  const bool is_read = spec.op == AccessOp::Read;
  const bool from_die = spec.from < dies;
  const bool to_die = spec.to < dies;
  const bool by_write_engine = !is_read && from_die;
  const bool per_lane = machine.ub.write_limit == models::WriteLimit::Lane;
  std::vector<sim::config::UnusedKey> unused;
  // A machine that could not be read has no nodes.
  if (dies == 0)
    return unused;
  models::add_unused_card_keys(machine, unused);
  if (machine.cards)
    return unused;
  models::add_unused_fabric_keys(machine,
                                 {.between_nodes = models::node_of_endpoint(machine.topology, spec.from) !=
                                                   models::node_of_endpoint(machine.topology, spec.to),
                                  .asks_for_data = is_read,
                                  .waits_for_writes = !is_read},
                                 unused);
  const auto add_unless = [&](bool is_used, const std::string& path) {
    if (!is_used)
      unused.push_back({path, "this access does not meet it (workload.from, to and op)"});
  };
  add_unless(to_die, machine.ub.key("access.npu_base"));
  add_unless(!to_die, machine.ub.key("access.cpu_base"));
  add_unless(!is_read, machine.ub.key("access.write_extra"));
  add_unless(by_write_engine, machine.ub.key("write_limit"));
  add_unless(from_die || to_die, machine.ub.key("lane_bandwidth"));
  add_unless(!from_die || !to_die, machine.ub.key("cpu_bandwidth"));
  add_unless(!from_die || !to_die || (by_write_engine && per_lane), machine.ub.key("cpu_lanes"));
  add_unless(by_write_engine, "machine.die.write_engine");
  add_unless(is_read && from_die, "machine.die.read_engine");
  add_unless(is_read && !to_die, "machine.cpu.remote_read");
  add_unless(!is_read && !to_die, "machine.cpu.remote_write");
  return unused;
}

void run_p2p(const P2pSpec& spec, const models::MachineSpec& machine, std::uint64_t seed, sim::metrics::Result& result)
{
  const Outcome outcome = machine.ub.model == models::UbModel::Packet ? run_on_packets(spec, machine, seed, result)
                                                                      : run_on_flows(spec, machine, seed);
  result.add(P2pMetrics["latency_us"], microseconds(outcome.time));
  result.add(P2pMetrics["bandwidth_gb_s"], (spec.bytes / outcome.time).count() * 1e-9);
  result.answer.limit = limit_sentence(spec, outcome);
}

}  // namespace cm::workloads

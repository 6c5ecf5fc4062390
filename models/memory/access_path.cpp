#include "models/memory/access_path.h"

#include "models/network/card_planes.h"
#include "sim/diagnostics/ensure.h"

namespace cm::models {
namespace {

// Requests to storage are larger and more of them are in flight: a network volume is far away.
constexpr int StorageWindow = 64;

Step wait(Seconds time, Share share = Share::Network)
{
  return {.kind = StepKind::Wait, .share = share, .time = time};
}

Step serve(Station station, Endpoint at, Share share)
{
  return {.kind = StepKind::Serve, .share = share, .station = station, .at = at};
}

// A memory whose data leave as they come.
Step stream(Station station, Endpoint at)
{
  return {.kind = StepKind::Serve, .share = Share::Memory, .station = station, .at = at, .streams = true};
}

Step packets(StepKind kind, Endpoint at)
{
  return {.kind = kind, .share = Share::Network, .at = at};
}

constexpr Step translate()
{
  return {.kind = StepKind::Translate, .share = Share::Translation};
}

// One way over the die-to-die link: half of what device and translation leave of a published access.
Seconds die_link_way(const MachineSpec& machine)
{
  const MemorySpec& memory = *machine.memory;
  return (memory.cross_die_access - memory.translation.hit - memory.ladder.hbm) / 2.0;
}

using Steps = std::vector<Step>;

// Over UB to the memory of `at`.
Steps ub_steps(const MachineSpec& machine, Station memory, Endpoint at, bool is_write)
{
  const Step endpoint = wait(endpoint_time(machine, memory == Station::Hbm, is_write));
  if (is_write)
    return {endpoint, packets(StepKind::Post, at), stream(memory, at)};
  return {endpoint, packets(StepKind::Request, at), stream(memory, at), packets(StepKind::Fetch, at)};
}

// Between the DRAM of a CPU of the die's node and storage behind the VPC plane.
Steps storage_steps(const MachineSpec& machine, Station device, bool is_write)
{
  const Endpoint host = Endpoint::InitiatorHost;
  Steps ub = ub_steps(machine, Station::Dram, host, is_write);
  if (is_write) {
    ub.insert(ub.end(), {stream(Station::Dram, host), serve(Station::VpcUp, host, Share::Network),
                         serve(device, host, Share::Memory), wait(machine.vpc.latency)});
    return ub;
  }
  Steps steps{wait(machine.vpc.latency), serve(device, host, Share::Memory),
              serve(Station::VpcDown, host, Share::Network), stream(Station::Dram, host)};
  steps.insert(steps.end(), ub.begin(), ub.end());
  return steps;
}

Steps steps_of(const MachineSpec& machine, Tier tier, bool is_write)
{
  switch (tier) {
  case Tier::Hbm: return {serve(Station::Hbm, Endpoint::Initiator, Share::Memory)};
  case Tier::CrossDieHbm: {
    const Step way = wait(die_link_way(machine));
    if (is_write)
      return {serve(Station::DieLink, Endpoint::Initiator, Share::Network), stream(Station::Hbm, Endpoint::Target),
              way};
    return {way, stream(Station::Hbm, Endpoint::Target), serve(Station::DieLink, Endpoint::Target, Share::Network)};
  }
  case Tier::RemoteHbm: return ub_steps(machine, Station::Hbm, Endpoint::Target, is_write);
  case Tier::LocalDram:
  case Tier::RemoteDram: return ub_steps(machine, Station::Dram, Endpoint::Target, is_write);
  case Tier::Ssd: return storage_steps(machine, Station::Ssd, is_write);
  case Tier::ObjectStore: return storage_steps(machine, Station::Bucket, is_write);
  }
  ensure(false, "unknown tier {}", static_cast<int>(tier));
  return {};
}

AccessPath ub_load_store(const MachineSpec& machine)
{
  return tier_path(machine, Tier::RemoteDram, false, Lookup::Resolved);
}

AccessPath ub_sdma(const MachineSpec& machine)
{
  AccessPath path = ub_load_store(machine);
  path.before = {wait(machine.die.sdma.start_up)};
  for (Step& step : path.each)
    step.by_sdma = step.kind == StepKind::Fetch;
  Step engine = serve(Station::Sdma, Endpoint::Initiator, Share::Network);
  engine.streams = true;
  Steps each{engine};
  each.insert(each.end(), path.each.begin(), path.each.end());
  path.each = each;
  return path;
}

// The network cards of this machine's dies; they reach HBM only.
AccessPath rdma(const MachineSpec& machine)
{
  const MemorySpec& memory = *machine.memory;
  return {.before = {wait(memory.paths.rdma_post)},
          .each = {translate(), wait(machine.rdma.latency), stream(Station::Hbm, Endpoint::Target),
                   serve(Station::Rdma, Endpoint::Target, Share::Network)},
          .after = {wait(memory.paths.rdma_completion)},
          .chunk = memory.transfer.chunk,
          .window = memory.transfer.window};
}

// Device to host, host to host, host to device: each buffer is copied whole by its host before it goes on.
AccessPath host_bounced(const MachineSpec& machine)
{
  const PathPartsSpec& parts = machine.memory->paths;
  const Step software = wait(parts.host_software);
  return {
      .before = {},
      .each = {software, stream(Station::Hbm, Endpoint::Target), serve(Station::Pcie, Endpoint::Target, Share::Network),
               software, serve(Station::HostCopy, Endpoint::TargetHost, Share::Memory),
               serve(Station::Card, Endpoint::TargetHost, Share::Network), software,
               serve(Station::HostCopy, Endpoint::InitiatorHost, Share::Memory), software,
               serve(Station::Pcie, Endpoint::Initiator, Share::Network), stream(Station::Hbm, Endpoint::Initiator)},
      .after = {},
      .chunk = parts.host_buffer,
      .window = 2};
}

// The request crosses bus, network and bus, then the data come back the same way, without a host.
Steps card_steps(const MachineSpec& machine, Step memory, Endpoint bus_there, Endpoint bus_here)
{
  const PathPartsSpec& parts = machine.memory->paths;
  return {translate(),
          wait(parts.card.latency + parts.pcie.latency + parts.pcie.latency),
          memory,
          serve(Station::Pcie, bus_there, Share::Network),
          serve(Station::Card, bus_there, Share::Network),
          serve(Station::Pcie, bus_here, Share::Network)};
}

AccessPath peer_dma(const MachineSpec& machine)
{
  const MemorySpec& memory = *machine.memory;
  Steps each = card_steps(machine, stream(Station::Hbm, Endpoint::Target), Endpoint::Target, Endpoint::Initiator);
  each.push_back(stream(Station::Hbm, Endpoint::Initiator));
  return {.before = {wait(memory.paths.rdma_post)},
          .each = each,
          .after = {wait(memory.paths.rdma_completion)},
          .chunk = memory.transfer.chunk,
          .window = memory.transfer.window};
}

AccessPath gpu_peer(const MachineSpec& machine)
{
  const MemorySpec& memory = *machine.memory;
  return {.before = {},
          .each = {translate(), wait(memory.paths.gpu_peer.latency), stream(Station::Hbm, Endpoint::Target),
                   serve(Station::GpuPeer, Endpoint::Target, Share::Network)},
          .after = {},
          .chunk = memory.transfer.chunk,
          .window = memory.transfer.window};
}

Seconds cxl_way(const MachineSpec& machine)
{
  return (machine.memory->ladder.cxl_memory - machine.memory->ladder.dram) / 2.0;
}

AccessPath cxl(const MachineSpec& machine)
{
  const MemorySpec& memory = *machine.memory;
  return {.before = {},
          .each = {translate(), wait(cxl_way(machine)), stream(Station::Dram, Endpoint::Target),
                   serve(Station::Cxl, Endpoint::Target, Share::Network)},
          .after = {},
          .chunk = memory.transfer.chunk,
          .window = memory.transfer.window};
}

// The host reads into its own DRAM, learns of the completion, and issues a copy to the device.
AccessPath pcie_infiniband(const MachineSpec& machine)
{
  const MemorySpec& memory = *machine.memory;
  const PathPartsSpec& parts = memory.paths;
  Steps each =
      card_steps(machine, stream(Station::Dram, Endpoint::Target), Endpoint::TargetHost, Endpoint::InitiatorHost);
  each.push_back(stream(Station::Dram, Endpoint::InitiatorHost));
  return {.before = {wait(parts.rdma_post)},
          .each = each,
          .after = {wait(parts.rdma_completion), wait(parts.host_software), wait(parts.device_copy_launch),
                    stream(Station::Dram, Endpoint::InitiatorHost),
                    serve(Station::Pcie, Endpoint::Initiator, Share::Network),
                    stream(Station::Hbm, Endpoint::Initiator)},
          .chunk = memory.transfer.chunk,
          .window = memory.transfer.window};
}

constexpr std::array<NamedPath, NamedPaths> PathTable{{
    {"ub-load-store", "cores load over UB", Tier::RemoteDram, ub_load_store},
    {"ub-sdma", "system DMA over UB", Tier::RemoteDram, ub_sdma},
    {"rdma", "network cards of the dies, HBM to HBM", Tier::RemoteHbm, rdma},
    {"host-bounced-dma", "through buffers of both hosts, HBM to HBM", Tier::RemoteHbm, host_bounced},
    {"peer-dma", "network card reads the device, HBM to HBM", Tier::RemoteHbm, peer_dma},
    {"gpu-peer-load-store", "GPUs of one host, HBM to HBM", Tier::RemoteHbm, gpu_peer},
    {"cxl-load-store", "memory behind a CXL port of the host", Tier::RemoteDram, cxl},
    {"pcie-infiniband", "into the DRAM of the host, then copied to the device", Tier::RemoteDram, pcie_infiniband},
}};

}  // namespace

AccessPath tier_path(const MachineSpec& machine, Tier tier, bool is_write, Lookup lookup)
{
  const MemorySpec& memory = *machine.memory;
  const bool is_storage = tier == Tier::Ssd || tier == Tier::ObjectStore;
  AccessPath path{.before = {},
                  .each = {translate()},
                  .after = {},
                  .chunk = is_storage ? memory.paths.host_buffer : memory.transfer.chunk,
                  .window = is_storage ? StorageWindow : memory.transfer.window};
  if (lookup == Lookup::Software)
    path.before.push_back(wait(memory.lookup.software, Share::Translation));
  if (is_storage)
    path.before.push_back(wait(tier == Tier::Ssd ? memory.ssd.software : memory.object_store.software));
  if (lookup == Lookup::SwitchTable && !is_storage && tier != Tier::Hbm && tier != Tier::CrossDieHbm)
    path.each.push_back(wait(memory.lookup.switch_table, Share::Translation));
  const Steps steps = steps_of(machine, tier, is_write);
  path.each.insert(path.each.end(), steps.begin(), steps.end());
  return path;
}

StationSpec station_spec(const MachineSpec& machine, Station station)
{
  using Owner = StationSpec::Owner;
  const PathPartsSpec& parts = machine.memory->paths;
  const auto of_tier = [&](std::string_view name, Owner owner, Tier tier) -> StationSpec {
    const TierSpec spec = tier_spec(machine, tier);
    return {name, owner, spec.channels, spec.interleave, spec.bandwidth, spec.latency};
  };
  switch (station) {
  case Station::Hbm: return of_tier("HBM channels of a die", Owner::Endpoint, Tier::Hbm);
  case Station::Dram: return of_tier("DRAM channels of a CPU", Owner::Endpoint, Tier::LocalDram);
  case Station::DieLink:
    return {"die-to-die link",    Owner::Endpoint, 1, Bytes(0), machine.topology.die_to_die_bandwidth,
            die_link_way(machine)};
  case Station::Sdma:
    return {"SDMA engine of a die", Owner::Endpoint, 1, Bytes(0), machine.die.sdma.bandwidth, Seconds(0)};
  case Station::VpcUp:
    return {"VPC card of a node, out",          Owner::Node,        1, Bytes(0),
            card_rate(machine, CardPlane::Vpc), machine.vpc.latency};
  case Station::VpcDown:
    return {"VPC card of a node, in",           Owner::Node,        1, Bytes(0),
            card_rate(machine, CardPlane::Vpc), machine.vpc.latency};
  case Station::Ssd: return of_tier("SSD volume of a node", Owner::Node, Tier::Ssd);
  case Station::Bucket: return of_tier("bucket of the object store", Owner::Machine, Tier::ObjectStore);
  case Station::Rdma:
    return {"RDMA card of a die", Owner::Endpoint, 1, Bytes(0), card_rate(machine, CardPlane::Rdma),
            machine.rdma.latency};
  case Station::Pcie: return {"PCIe", Owner::Endpoint, 1, Bytes(0), parts.pcie.bandwidth, parts.pcie.latency};
  case Station::Card: return {"network card", Owner::Endpoint, 1, Bytes(0), parts.card.bandwidth, parts.card.latency};
  case Station::HostCopy: return {"copying host", Owner::Endpoint, 1, Bytes(0), parts.host_copy, Seconds(0)};
  case Station::GpuPeer:
    return {"GPU peer link", Owner::Endpoint, 1, Bytes(0), parts.gpu_peer.bandwidth, parts.gpu_peer.latency};
  case Station::Cxl: return {"CXL port", Owner::Endpoint, 1, Bytes(0), parts.cxl_bandwidth, cxl_way(machine)};
  }
  ensure(false, "unknown station {}", static_cast<int>(station));
  return {};
}

const std::array<NamedPath, NamedPaths>& path_table()
{
  return PathTable;
}

}  // namespace cm::models

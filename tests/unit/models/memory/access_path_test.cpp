// Plans of accesses, step by step: which servers they meet in which order and what waits cost, worked out by hand from
// the round machine.
#include "models/memory/access_path.h"
#include "tests/support/round_memory.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::models;

namespace {

MachineSpec machine()
{
  MachineSpec spec = tests::small_machine_with_memory();
  spec.die.sdma = {.bandwidth = 100_GBps, .start_up = 5_us};
  return spec;
}

std::string place_of(Endpoint at)
{
  switch (at) {
  case Endpoint::Initiator: return "initiator";
  case Endpoint::Target: return "target";
  case Endpoint::InitiatorHost: return "initiator's host";
  case Endpoint::TargetHost: break;
  }
  return "target's host";
}

// "wait 60 ns", "DRAM channels of a CPU at target, streams".
std::string text_of(const Step& step)
{
  switch (step.kind) {
  case StepKind::Wait: return fmt::format("wait {} ns", to_picoseconds(step.time).count() / 1000);
  case StepKind::Serve:
    return fmt::format("{} at {}{}", station_spec(machine(), step.station).name, place_of(step.at),
                       step.streams ? ", streams" : "");
  case StepKind::Translate: return "translate";
  case StepKind::Request: return "request to " + place_of(step.at);
  case StepKind::Fetch: return fmt::format("fetch from {}{}", place_of(step.at), step.by_sdma ? " by SDMA" : "");
  case StepKind::Post: break;
  }
  return "post to " + place_of(step.at);
}

using Texts = std::vector<std::string>;

Texts texts_of(const std::vector<Step>& steps)
{
  Texts texts;
  for (const Step& step : steps)
    texts.push_back(text_of(step));
  return texts;
}

AccessPath path(Tier tier, bool is_write, Lookup lookup = Lookup::Resolved)
{
  return tier_path(machine(), tier, is_write, lookup);
}

AccessPath named_path(std::string_view word)
{
  const auto& table = path_table();
  const auto* const row = std::ranges::find(table, word, &NamedPath::word);
  REQUIRE(row != table.end());
  return row->build(machine());
}

// Waits of a path that is taken for one chunk.
Seconds waits_of(const AccessPath& path)
{
  Seconds sum;
  for (const auto* const steps : {&path.before, &path.each, &path.after})
    for (const Step& step : *steps)
      sum += step.time;
  return sum;
}

std::int64_t ps(Seconds time)
{
  return to_picoseconds(time).count();
}

}  // namespace

TEST_CASE("a remote read asks before the memory works and fetches after it, a write brings its data along")
{
  // 600 ns less 10 ns of translation and 80 ns of DRAM.
  CHECK(texts_of(path(Tier::RemoteDram, false).each) == Texts{"translate", "wait 510 ns", "request to target",
                                                              "DRAM channels of a CPU at target, streams",
                                                              "fetch from target"});
  CHECK(texts_of(path(Tier::RemoteDram, true).each) ==
        Texts{"translate", "wait 610 ns", "post to target", "DRAM channels of a CPU at target, streams"});
  // 800 ns less 10 ns and 60 ns of HBM.
  CHECK(texts_of(path(Tier::RemoteHbm, false).each) == Texts{"translate", "wait 730 ns", "request to target",
                                                             "HBM channels of a die at target, streams",
                                                             "fetch from target"});
}

TEST_CASE("the link between the dies of an NPU is crossed by the data behind a read and in front of a write")
{
  // 210 ns less 10 ns and 60 ns, half of it each way.
  CHECK(texts_of(path(Tier::CrossDieHbm, false).each) ==
        Texts{"translate", "wait 70 ns", "HBM channels of a die at target, streams", "die-to-die link at target"});
  CHECK(texts_of(path(Tier::CrossDieHbm, true).each) ==
        Texts{"translate", "die-to-die link at initiator", "HBM channels of a die at target, streams", "wait 70 ns"});
}

TEST_CASE("storage is reached through the DRAM of the reader's host, in larger pieces")
{
  const AccessPath read = path(Tier::Ssd, false);
  CHECK(texts_of(read.before) == Texts{"wait 10000 ns"});
  CHECK(texts_of(read.each) ==
        Texts{"translate", "wait 5000 ns", "SSD volume of a node at initiator's host",
              "VPC card of a node, in at initiator's host", "DRAM channels of a CPU at initiator's host, streams",
              "wait 510 ns", "request to initiator's host", "DRAM channels of a CPU at initiator's host, streams",
              "fetch from initiator's host"});
  CHECK(read.chunk == 1_MiB);
  CHECK(read.window == 64);
  const AccessPath write = path(Tier::ObjectStore, true);
  CHECK(texts_of(write.before) == Texts{"wait 50000 ns"});
  CHECK(texts_of(write.each) == Texts{"translate", "wait 610 ns", "post to initiator's host",
                                      "DRAM channels of a CPU at initiator's host, streams",
                                      "DRAM channels of a CPU at initiator's host, streams",
                                      "VPC card of a node, out at initiator's host",
                                      "bucket of the object store at initiator's host", "wait 5000 ns"});
  CHECK(path(Tier::RemoteDram, false).chunk == 64_KiB);
  CHECK(path(Tier::RemoteDram, false).window == 4);
}

TEST_CASE("a software look-up is made once, one in a switch by every piece that crosses a switch")
{
  for (const TierName& each : TierTable) {
    INFO(each.word);
    const AccessPath resolved = path(each.tier, false);
    const AccessPath software = path(each.tier, false, Lookup::Software);
    const AccessPath in_switch = path(each.tier, false, Lookup::SwitchTable);
    CHECK(software.before.size() == resolved.before.size() + 1);
    CHECK(software.before.front().share == Share::Translation);
    CHECK(software.each.size() == resolved.each.size());
    CHECK(ps(waits_of(software)) - ps(waits_of(resolved)) == 400'000);
    const bool crosses = each.tier == Tier::RemoteHbm || each.tier == Tier::LocalDram || each.tier == Tier::RemoteDram;
    CHECK(in_switch.before.size() == resolved.before.size());
    CHECK(in_switch.each.size() == resolved.each.size() + (crosses ? 1 : 0));
    if (crosses) {
      CHECK(text_of(in_switch.each[1]) == "wait 50 ns");
      CHECK(in_switch.each[1].share == Share::Translation);
    }
  }
}

TEST_CASE("the DMA engine starts once and takes the place of the die's read engine")
{
  const AccessPath path = named_path("ub-sdma");
  CHECK(texts_of(path.before) == Texts{"wait 5000 ns"});
  CHECK(texts_of(path.each) == Texts{"SDMA engine of a die at initiator, streams", "translate", "wait 510 ns",
                                     "request to target", "DRAM channels of a CPU at target, streams",
                                     "fetch from target by SDMA"});
}

TEST_CASE("fixed times of the named ways are the sums of their parts")
{
  CHECK(ps(waits_of(named_path("ub-load-store"))) == 510'000);
  CHECK(ps(waits_of(named_path("ub-sdma"))) == 5'510'000);
  // Post, way and completion.
  CHECK(ps(waits_of(named_path("rdma"))) == 1'000'000 + 3'000'000 + 500'000);
  // The hosts' software at each of four hops.
  CHECK(ps(waits_of(named_path("host-bounced-dma"))) == 4 * 2'000'000);
  // A card and two buses between post and completion.
  CHECK(ps(waits_of(named_path("peer-dma"))) == 1'000'000 + 1'000'000 + 2 * 500'000 + 500'000);
  CHECK(ps(waits_of(named_path("gpu-peer-load-store"))) == 350'000);
  // Half of what CXL adds to DRAM.
  CHECK(ps(waits_of(named_path("cxl-load-store"))) == 80'000);
  // As peer DMA, then the host learns of it and launches a copy.
  CHECK(ps(waits_of(named_path("pcie-infiniband"))) == 3'500'000 + 2'000'000 + 20'000'000);
}

TEST_CASE("every named way has a word, a sentence and a path from the memory that it says")
{
  std::set<std::string_view> words;
  for (const NamedPath& each : path_table()) {
    INFO(each.word);
    CHECK(words.insert(each.word).second);
    CHECK_FALSE(each.sentence.empty());
    const AccessPath path = each.build(machine());
    CHECK(path.window > 0);
    CHECK(path.chunk > Bytes(0));
    const Station memory = each.from == Tier::RemoteHbm ? Station::Hbm : Station::Dram;
    const auto serves = [&](const Step& step) {
      return step.kind == StepKind::Serve && step.station == memory && step.at == Endpoint::Target;
    };
    CHECK(std::ranges::count_if(path.each, serves) == 1);
  }
}

TEST_CASE("every station has a name, an owner and the rate of its part of the machine")
{
  using Owner = StationSpec::Owner;
  MachineSpec spec = machine();
  spec.memory->ssd.usable = 0.5;
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < Stations; ++i) {
    const StationSpec station = station_spec(spec, static_cast<Station>(i));
    INFO(station.name);
    CHECK(names.insert(station.name).second);
    CHECK(station.rate > BytesPerSecond(0));
    CHECK(station.channels > 0);
  }
  const auto rate = [&](Station station) { return station_spec(spec, station).rate; };
  CHECK(rate(Station::Ssd) == 20_GBps);
  CHECK(rate(Station::Bucket) == 2_GBps);
  CHECK(rate(Station::Dram) == 200_GBps);
  CHECK(rate(Station::DieLink) == 270_GBps);
  CHECK(rate(Station::Sdma) == 100_GBps);
  CHECK(rate(Station::VpcUp) == 50_GBps);
  CHECK(rate(Station::VpcDown) == 50_GBps);
  CHECK(rate(Station::Rdma) == 25_GBps);
  CHECK(rate(Station::Pcie) == 250_GBps);
  CHECK(rate(Station::Card) == 25_GBps);
  CHECK(rate(Station::HostCopy) == 40_GBps);
  CHECK(rate(Station::GpuPeer) == 400_GBps);
  CHECK(rate(Station::Cxl) == 50_GBps);
  // A die's, a node's and the machine's.
  CHECK(station_spec(spec, Station::Hbm).owner == Owner::Endpoint);
  CHECK(station_spec(spec, Station::VpcUp).owner == Owner::Node);
  CHECK(station_spec(spec, Station::Ssd).owner == Owner::Node);
  CHECK(station_spec(spec, Station::Bucket).owner == Owner::Machine);
  CHECK(ps(station_spec(spec, Station::DieLink).latency) == 70'000);
  CHECK(ps(station_spec(spec, Station::Cxl).latency) == 80'000);
  CHECK(ps(station_spec(spec, Station::Ssd).latency) == 100'000'000);
}

// Keys of machine.memory. Every value of the text below is a different one, so that no key can end in another's place.
#include "models/parts/memory_spec.h"
#include "sim/units/parse_quantity.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

using namespace cm;
using namespace cm::models;
using namespace cm::sim::config;

namespace {

constexpr const char* Keys = R"(
ladder: {register: 1 ns, l1_cache: 2 ns, l2_cache: 3 ns, l3_cache: 4 ns, hbm: 5 ns, dram: 6 ns,
         other_socket_dram: 7 ns, cxl_memory: 8 ns, ssd: 9 ns, disk: 10 ns}
tiers:
  hbm: {channels: 11, interleave: 128 B}
  dram: {channels: 12, interleave: 256 B}
  cross_die: {access: 13 ns}
  ssd: {capacity: 14 MB, bandwidth: 15 GB/s, software: 16 ns}
  object_store: {capacity: 17 MB, bandwidth: 18 GB/s, usable: 50 %, software: 19 ns}
  translation: {page: 8 KiB, entries: 20, hit: 21 ns, levels: 4, walkers: 22}
  lookup: {software: 23 ns, switch_table: 24 ns}
  transfer: {chunk: 25 KiB, window: 26, served: 27}
  coherence: {line: 32 B, snoop: 28 ns}
  loader: {rate: 29 GB/s}
paths:
  rdma: {post: 30 ns, completion: 31 ns}
  pcie: {latency: 32 ns, bandwidth: 33 GB/s}
  card: {latency: 34 ns, bandwidth: 35 GB/s}
  host: {software: 36 ns, copy: 37 GB/s, buffer: 38 KiB}
  device_copy: {launch: 39 ns}
  gpu_peer: {latency: 40 ns, bandwidth: 41 GB/s}
  cxl: {bandwidth: 42 GB/s}
)";

struct Reading {
  MemorySpec spec;
  ReadingLog log;
};

Reading read(const std::string& changes = {})
{
  Value memory = parse_text("memory.yaml", Keys);
  if (!changes.empty())
    merge(memory, parse_text("changes.yaml", changes));
  Reading reading;
  Reader reader(memory, "machine.memory", reading.log);
  reading.spec = read_memory(reader);
  return reading;
}

// The time as the text says it: a literal may differ in the last digit.
Seconds ns(int number)
{
  return parse_seconds(fmt::format("{} ns", number)).value();
}

// The only problem of the changes.
std::string problem_of(const std::string& changes)
{
  const Reading reading = read(changes);
  REQUIRE(reading.log.problems.size() == 1);
  return reading.log.problems.front();
}

}  // namespace

TEST_CASE("every key of a memory ends in its own place")
{
  const Reading reading = read();
  CHECK(reading.log.problems.empty());
  const MemorySpec& spec = reading.spec;
  CHECK(spec.ladder == LatencyLadder{ns(1), ns(2), ns(3), ns(4), ns(5), ns(6), ns(7), ns(8), ns(9), ns(10)});
  CHECK(spec.hbm == ChannelSpec{11, 128_B});
  CHECK(spec.dram == ChannelSpec{12, 256_B});
  CHECK(spec.cross_die_access == ns(13));
  CHECK(spec.ssd == StorageSpec{Bytes(14'000'000), 15_GBps, 1, ns(16)});
  CHECK(spec.object_store == StorageSpec{Bytes(17'000'000), 18_GBps, 0.5, ns(19)});
  CHECK(spec.translation == TranslationSpec{8_KiB, 20, ns(21), 4, 22});
  CHECK(spec.lookup == LookupSpec{ns(23), ns(24)});
  CHECK(spec.transfer == TransferSpec{25_KiB, 26, 27});
  CHECK(spec.coherence == CoherenceSpec{32_B, ns(28)});
  CHECK(spec.loader == 29_GBps);
  CHECK(spec.paths == PathPartsSpec{ns(30),
                                    ns(31),
                                    {ns(32), 33_GBps},
                                    {ns(34), 35_GBps},
                                    ns(36),
                                    37_GBps,
                                    38_KiB,
                                    ns(39),
                                    {ns(40), 41_GBps},
                                    42_GBps});
}

TEST_CASE("a crossing takes a millisecond at most and a device a second")
{
  CHECK(read("{paths: {card: {latency: 1 ms}}, ladder: {disk: 1 s}}").log.problems.empty());
  CHECK_THAT(problem_of("{paths: {card: {latency: 1001 us}}}"), Catch::Contains("machine.memory.paths.card.latency"));
  CHECK_THAT(problem_of("{ladder: {disk: 1001 ms}}"), Catch::Contains("machine.memory.ladder.disk"));
}

TEST_CASE("a die may do without a translation cache and not without walkers")
{
  CHECK(read("{tiers: {translation: {entries: 0}}}").spec.translation.entries == 0);
  CHECK_THAT(problem_of("{tiers: {translation: {walkers: 0}}}"), Catch::Contains("tiers.translation.walkers"));
  CHECK_THAT(problem_of("{tiers: {translation: {page: 4095 B}}}"), Catch::Contains("tiers.translation.page"));
}

TEST_CASE("a bucket's bandwidth has a usable share and a volume's is usable as it is")
{
  CHECK(read("{tiers: {object_store: {usable: 1 %}}}").log.problems.empty());
  CHECK_THAT(problem_of("{tiers: {object_store: {usable: 0 %}}}"), Catch::Contains("tiers.object_store.usable"));
  CHECK_THAT(problem_of("{tiers: {ssd: {usable: 90 %}}}"), Catch::Contains("tiers.ssd.usable"));
}

// Keys and values on their ways: between the pool and prefill, from prefill to decode, over each of the planes.
#include "tests/support/small_service.h"

using namespace cm;
using namespace cm::workloads;
using tests::near;
using tests::SmallService;

namespace {

constexpr std::int64_t Tokens = 2100;  // four full blocks and a rest
constexpr std::int64_t Cached = 4 * SmallService::BlockTokens;

// The second prompt comes when the first one is long in the pool.
SmallService same_prompt_twice()
{
  SmallService service;
  service.ask(0, Tokens, 2, 0);
  service.ask(1000, Tokens, 2, 0);
  return service;
}

// Time of one transfer from the server of the pool to a die.
Seconds over_ub(const SmallService& service, std::int64_t blocks)
{
  const BytesPerSecond lanes =
      service.machine.topology.lane_bandwidth * static_cast<double>(service.machine.topology.sub_planes);
  const BytesPerSecond die = std::min(service.machine.die.sdma.bandwidth, lanes);
  return service.ub_latency() + service.block() * blocks / std::min(service.machine.cpu.remote_read, die);
}

Seconds over_vpc(const SmallService& service, std::int64_t blocks)
{
  return service.machine.vpc.latency + service.block() * blocks / service.machine.topology.vpc_bandwidth;
}

}  // namespace

TEST_CASE("cached blocks cross UB at the rate of the server's port, and are not prefilled again")
{
  SmallService service = same_prompt_twice();
  const tests::Served served = service.run();
  const auto& first = served.requests.at(0);
  const auto& second = served.requests.at(1);
  CHECK(first.count("cached_tokens") == 0);
  CHECK(second.count("cached_tokens") == Cached);
  CHECK(first.time("kv_load_ms").count() == 0);
  CHECK(second.time("kv_load_ms").count() == near(over_ub(service, 4)));
  CHECK(first.time("prefill_ms").count() == near(service.prefill_time({{Tokens, 0}})));
  CHECK(second.time("prefill_ms").count() == near(service.prefill_time({{Tokens - Cached, Cached}})));
  // Four blocks are stored, and loaded once; stored again is what is new: nothing.
  CHECK(tests::metric_of(served.result, "ub_kv_bytes") == static_cast<double>((service.block() * 8).count()));
  CHECK(tests::metric_of(served.result, "hit_rate") == Approx(Cached / (2.0 * Tokens)).epsilon(1e-12));
  // Rests of prompts are looked up and never stored.
  CHECK(tests::metric_of(served.result, "hit_rate_dram") == 0.4);
}

TEST_CASE("cached blocks cross VPC at the rate of the nodes' cards")
{
  SmallService service = same_prompt_twice();
  service.spec.pool.plane = PoolPlane::Vpc;
  const tests::Served served = service.run();
  CHECK(served.requests.at(1).time("kv_load_ms").count() == near(over_vpc(service, 4)));
  CHECK(tests::metric_of(served.result, "ub_kv_bytes") == 0);
  CHECK(tests::metric_of(served.result, "vpc_bytes") ==
        static_cast<double>((service.block() * 8).count() + 2 * 4 * Tokens));
}

TEST_CASE("the last token of a prompt is always prefilled, even when all of it is cached")
{
  SmallService service;
  service.ask(0, Cached, 2, 0);
  service.ask(1000, Cached, 2, 0);
  const tests::Served served = service.run();
  CHECK(served.requests.at(1).count("cached_tokens") == Cached - 1);
  CHECK(served.requests.at(1).time("kv_load_ms").count() == near(over_ub(service, 4)));
  CHECK(served.requests.at(1).time("prefill_ms").count() == near(service.prefill_time({{1, Cached - 1}})));
}

TEST_CASE("blocks that memory has dropped come from the volume: its software, its device, its card, and then UB")
{
  SmallService service = same_prompt_twice();
  service.machine.cpu.dram_capacity = service.block() * 2;
  service.spec.pool.dram_share = 1;
  service.spec.pool.volume_share = 0.5;
  const tests::Served served = service.run();
  CHECK(served.requests.at(1).count("cached_tokens") == Cached);
  const models::MemorySpec& memory = *service.machine.memory;
  CHECK(served.requests.at(1).time("kv_load_ms").count() ==
        near(memory.ssd.software + memory.ladder.ssd + over_vpc(service, 4) + over_ub(service, 4)));
  CHECK(tests::metric_of(served.result, "hit_rate_volume") == 0.4);
  CHECK(tests::metric_of(served.result, "hit_rate_dram") == 0);
  // Stored once in the volume and loaded once.
  CHECK(tests::metric_of(served.result, "vpc_bytes") ==
        static_cast<double>((service.block() * 8).count() + 2 * 4 * Tokens));
}

TEST_CASE("loads of an instance share a server, or wait for each other where only one may run")
{
  SmallService service = same_prompt_twice();
  service.ask(1000, Tokens, 2, 0);
  service.spec.pool.loads = 1;
  const tests::Served served = service.run();
  CHECK(served.requests.at(1).time("kv_load_ms").count() == near(over_ub(service, 4)));
  CHECK(served.requests.at(2).time("kv_load_ms").count() == near(over_ub(service, 4) * 2.0));
}

TEST_CASE("two loads at a time each get half of the server's port")
{
  SmallService service = same_prompt_twice();
  service.ask(1000, Tokens, 2, 0);
  const tests::Served served = service.run();
  for (const std::size_t number : {std::size_t{1}, std::size_t{2}})
    CHECK(served.requests.at(number).time("kv_load_ms").count() == near(over_ub(service, 8)));
}

TEST_CASE("a hand-over crosses UB at the rate of the copy engine, which its prompt's block needs too")
{
  SmallService service;
  service.spec.handover = HandoverPlane::Ub;
  service.ask(0, 600, 2, 0);
  const tests::Served served = service.run();
  const Bytes both = service.kv_of(600) + service.block();
  CHECK(served.requests.at(0).time("handover_ms").count() ==
        near(service.ub_latency() + both / service.machine.die.sdma.bandwidth));
  CHECK(tests::metric_of(served.result, "rdma_bytes") == 0);
  CHECK(tests::metric_of(served.result, "ub_kv_bytes") == static_cast<double>(both.count()));
}

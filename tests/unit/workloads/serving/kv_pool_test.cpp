#include "tests/support/small_llama.h"
#include "tests/support/small_machine.h"
#include "workloads/serving/pool/kv_pool.h"

#include <catch2/catch.hpp>

#include <functional>
#include <numeric>

using namespace cm;
using namespace cm::workloads;
using models::ContextCache;

namespace {

constexpr std::int64_t BlockTokens = 128;
// Llama 3.1 8B: 32 layers, keys and values of 8 heads of 128 values, two bytes each.
constexpr Bytes Block = Bytes(BlockTokens * 32 * 2 * 8 * 128 * 2);

// One prefill instance of two dies, and the four CPUs of one node as servers with room for `blocks` each.
class PoolRun {
 public:
  explicit PoolRun(std::int64_t blocks = 1000, std::int64_t volume_blocks = 0)
      : spec_(serving(volume_blocks > 0)), machine_(machine(blocks, volume_blocks)), planes_(spec_, machine_, engine_),
        pool_(spec_, tests::small_llama(), machine_, planes_)
  {
  }

  [[nodiscard]] const KvPool& pool() const { return pool_; }
  [[nodiscard]] std::int64_t moved(Plane plane) const { return planes_.left(plane); }

  void finish(const std::function<void(PoolRun&, sim::engine::Control&)>& body)
  {
    engine_.spawn("pool", [this, &body](sim::engine::Control& control) { body(*this, control); });
    engine_.run();
  }

  void store(sim::engine::Control& control, const std::vector<std::uint64_t>& keys) { pool_.store(control, 0, keys); }

  // Tokens that were found.
  std::int64_t load(sim::engine::Control& control, Request request)
  {
    InFlight asked(std::move(request), 0, 1);
    pool_.load(control, asked);
    return asked.cached_tokens;
  }

 private:
  static ServingSpec serving(bool has_volume)
  {
    ServingSpec spec;
    spec.block_tokens = BlockTokens;
    spec.prefill_instances = 1;
    spec.prefill_npus = 1;
    spec.prefill.deployment.ranks = 2;
    spec.decode.dp = 1;
    spec.decode.mtp_tokens = 0;
    spec.pool = {.nodes = 1, .dram_share = 1, .volume_share = has_volume ? 1.0 : 0.0};
    return spec;
  }

  static models::MachineSpec machine(std::int64_t blocks, std::int64_t volume_blocks)
  {
    models::MachineSpec machine = tests::small_machine();
    machine.cpu.dram_capacity = Block * blocks;
    machine.memory.emplace();
    machine.memory->ssd.capacity = Block * (volume_blocks * machine.topology.cpus_per_node);
    return machine;
  }

  ServingSpec spec_;
  models::MachineSpec machine_;
  sim::engine::Engine engine_;
  Planes planes_;
  KvPool pool_;
};

std::vector<std::uint64_t> keys(std::size_t count, std::uint64_t first = 1)
{
  std::vector<std::uint64_t> all(count);
  std::iota(all.begin(), all.end(), first);
  return all;
}

// A prompt with the blocks 1, 2, ...
Request prompt(std::int64_t tokens, std::uint64_t first = 1)
{
  return {.arrival = {},
          .input_tokens = tokens,
          .output_tokens = 1,
          .blocks = keys(static_cast<std::size_t>((tokens + BlockTokens - 1) / BlockTokens), first)};
}

}  // namespace

TEST_CASE("a block that its prompt does not fill is not stored")
{
  const PoolRun run;
  CHECK(run.pool().full_blocks(prompt(BlockTokens - 1)).empty());
  CHECK(run.pool().full_blocks(prompt(2 * BlockTokens - 1)).size() == 1);
  CHECK(run.pool().full_blocks(prompt(2 * BlockTokens)).size() == 2);
  CHECK(run.pool().full_blocks(prompt(2 * BlockTokens + 1)).size() == 2);
}

TEST_CASE("a block that the prompt does not fill is not found, whatever is stored under its key")
{
  PoolRun run;
  run.finish([](PoolRun& at, sim::engine::Control& control) {
    at.store(control, keys(3));
    CHECK(at.pool().cached_tokens(prompt(2 * BlockTokens + 50)) == 2 * BlockTokens);
    CHECK(at.load(control, prompt(2 * BlockTokens + 50)) == 2 * BlockTokens);
    // The last token of a prompt is always computed.
    CHECK(at.load(control, prompt(3 * BlockTokens)) == 3 * BlockTokens - 1);
  });
}

TEST_CASE("the hit rate is the share of the blocks of all prompts that were looked up")
{
  PoolRun run;
  CHECK_FALSE(run.pool().hit_rate(ContextCache::Tier::Dram));
  run.finish([](PoolRun& at, sim::engine::Control& control) {
    at.store(control, keys(3));
    at.load(control, prompt(4 * BlockTokens));
    CHECK(at.pool().hit_rate(ContextCache::Tier::Dram) == 3.0 / 4);
    // Six blocks of which none is there, the last one not full.
    at.load(control, prompt(6 * BlockTokens - 1, 100));
    CHECK(at.pool().hit_rate(ContextCache::Tier::Dram) == 3.0 / 10);
    CHECK(at.pool().hit_rate(ContextCache::Tier::Volume) == 0.0);
  });
}

TEST_CASE("as many blocks cross the plane as are stored and found")
{
  constexpr std::int64_t Blocks = 50;
  PoolRun run;
  run.finish([](PoolRun& at, sim::engine::Control& control) {
    at.store(control, keys(Blocks));
    CHECK(at.moved(Plane::Ub) == Blocks * Block.count());
    // None of them is new.
    at.store(control, keys(Blocks));
    CHECK(at.moved(Plane::Ub) == Blocks * Block.count());
    at.load(control, prompt(20 * BlockTokens));
    CHECK(at.moved(Plane::Ub) == (Blocks + 20) * Block.count());
    CHECK(at.moved(Plane::Vpc) == 0);
  });
}

TEST_CASE("blocks that DRAM has no room for are written to the volume and read from it, all of them")
{
  constexpr std::int64_t Blocks = 50;
  PoolRun run(0, 1000);
  run.finish([](PoolRun& at, sim::engine::Control& control) {
    at.store(control, keys(Blocks));
    CHECK(at.moved(Plane::Vpc) == Blocks * Block.count());
    at.load(control, prompt(20 * BlockTokens));
    CHECK(at.moved(Plane::Vpc) == (Blocks + 20) * Block.count());
    CHECK(at.moved(Plane::Ub) == (Blocks + 20) * Block.count());
    CHECK(at.pool().hit_rate(ContextCache::Tier::Volume) == 1.0);
  });
}

// Accesses to memory, step by step: one alone is worked out here from the parts of the machine; what many do to each
// other is kept as numbers.
#include "tests/support/result_values.h"
#include "tests/support/round_memory.h"
#include "workloads/kv_access/kv.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <ostream>
#include <string>
#include <variant>
#include <vector>

using namespace cm;
using namespace cm::workloads;
using models::MachineSpec;

namespace {

constexpr std::uint64_t Seed = 1;

// Lanes of 50 ps a byte.
MachineSpec round_machine()
{
  MachineSpec machine = tests::small_machine_with_memory();
  machine.topology.lane_bandwidth = 20_GBps;
  machine.topology.uplink_bandwidth = 20_GBps;
  machine.topology.cpu_bandwidth = 140_GBps;
  machine.ub.internode_cost = 0;
  machine.die.read_engine = 100_GBps;
  machine.cpu.remote_write = 100_GBps;
  return machine;
}

// Die 0 reads one block, again and again, from its own memory.
KvSpec own_memory()
{
  KvSpec spec;
  spec.block = 256_KiB;
  spec.pool = Pool::Hbm;
  spec.accesses = 3;
  spec.small = 512_B;
  return spec;
}

sim::metrics::Result access(const KvSpec& spec, const MachineSpec& machine)
{
  sim::metrics::Result result;
  run_kv(spec, machine, Seed, result);
  return result;
}

std::int64_t picoseconds(const sim::metrics::Table::Cell& cell)
{
  return std::llround(std::get<double>(cell) * 1e6);
}

// Shares of one access alone.
struct Shares {
  std::int64_t translation = 0;
  std::int64_t network = 0;
  std::int64_t memory = 0;

  friend bool operator==(const Shares&, const Shares&) = default;
};

std::ostream& operator<<(std::ostream& out, const Shares& shares)
{
  return out << '{' << shares.translation << ", " << shares.network << ", " << shares.memory << '}';
}

Shares alone(const sim::metrics::Result& result, std::string_view tier)
{
  for (const auto& row : result.tables.front().rows)
    if (row.label == tier) {
      CHECK(picoseconds(row.cells[0]) ==
            picoseconds(row.cells[1]) + picoseconds(row.cells[2]) + picoseconds(row.cells[3]));
      return {picoseconds(row.cells[1]), picoseconds(row.cells[2]), picoseconds(row.cells[3])};
    }
  FAIL("no tier " << tier);
  return {};
}

std::int64_t ps(Seconds time)
{
  return to_picoseconds(time).count();
}

}  // namespace

TEST_CASE("one access alone is its endpoint, its packets, its translation and its device, to the picosecond")
{
  const MachineSpec machine = round_machine();
  const models::MemorySpec& memory = *machine.memory;
  const models::AccessSpec& ub = machine.ub.access;
  const Bytes small = own_memory().small;
  const std::int64_t hit = ps(memory.translation.hit);
  const std::int64_t hbm = ps(memory.ladder.hbm);
  const std::int64_t dram = ps(memory.ladder.dram);
  const std::int64_t through_die_link = ps(small / machine.topology.die_to_die_bandwidth);
  const std::int64_t die_link_way = (ps(memory.cross_die_access) - hit - hbm) / 2;
  const std::int64_t near = ps(machine.ub.traversal);  // a way inside a node
  const std::int64_t far = 3 * near;
  const std::int64_t request = ps(machine.ub.control_packet / machine.topology.lane_bandwidth);
  // Engines behind the lane are faster and keep up with it.
  const std::int64_t data = ps(small / machine.topology.lane_bandwidth);
  const auto read = [&](Seconds base, std::int64_t device, std::int64_t way) {
    return ps(base) - hit - device + request + way + data + way;
  };
  const auto write = [&](std::int64_t way) { return ps(ub.cpu_base + ub.write_extra) - hit - dram + data + way + way; };
  const auto result = access(own_memory(), machine);
  CHECK(alone(result, "hbm") == Shares{hit, 0, hbm + ps(small / machine.die.usable_hbm_bandwidth())});
  CHECK(alone(result, "cross_die_hbm") == Shares{hit, 2 * die_link_way + through_die_link, hbm});
  CHECK(alone(result, "cross_die_hbm_write") == Shares{hit, 2 * die_link_way + through_die_link, hbm});
  CHECK(alone(result, "same_node_hbm") == Shares{hit, read(ub.npu_base, hbm, near), hbm});
  CHECK(alone(result, "remote_hbm") == Shares{hit, read(ub.npu_base, hbm, far), hbm});
  CHECK(alone(result, "local_dram") == Shares{hit, read(ub.cpu_base, dram, near), dram});
  CHECK(alone(result, "local_dram_write") == Shares{hit, write(near), dram});
  CHECK(alone(result, "remote_dram") == Shares{hit, read(ub.cpu_base, dram, far), dram});
  CHECK(alone(result, "remote_dram_write") == Shares{hit, write(far), dram});
  // Through the DRAM of the node's first CPU.
  const std::int64_t vpc = 2 * ps(machine.vpc.latency) + ps(small / machine.topology.vpc_bandwidth);
  CHECK(alone(result, "ssd") == Shares{hit, ps(memory.ssd.software) + vpc + read(ub.cpu_base, dram, near),
                                       ps(memory.ladder.ssd) + ps(small / memory.ssd.bandwidth) + 2 * dram});
  CHECK(alone(result, "object_store") ==
        Shares{hit, ps(memory.object_store.software) + vpc + read(ub.cpu_base, dram, near),
               ps(memory.ladder.disk) + ps(small / memory.object_store.bandwidth) + 2 * dram});
}

TEST_CASE("a software look-up and one in the switch count to translation")
{
  const MachineSpec machine = round_machine();
  KvSpec spec = own_memory();
  spec.lookup = models::Lookup::Software;
  const auto result = access(spec, machine);
  const models::MemorySpec& memory = *machine.memory;
  for (const char* tier : {"hbm", "local_dram", "ssd"})
    CHECK(alone(result, tier).translation == ps(memory.translation.hit + memory.lookup.software));
}

TEST_CASE("a look-up in the switch is taken for every chunk that crosses one")
{
  const MachineSpec machine = round_machine();
  KvSpec spec = own_memory();
  spec.lookup = models::Lookup::SwitchTable;
  const auto result = access(spec, machine);
  const models::MemorySpec& memory = *machine.memory;
  CHECK(alone(result, "hbm").translation == ps(memory.translation.hit));
  CHECK(alone(result, "remote_dram").translation == ps(memory.translation.hit + memory.lookup.switch_table));
}

TEST_CASE("chunks of a block are asked for a window at a time: all together")
{
  const MachineSpec machine = round_machine();
  const models::MemorySpec& memory = *machine.memory;
  const KvSpec spec = own_memory();
  REQUIRE(spec.block == memory.transfer.chunk * memory.transfer.window);
  const auto result = access(spec, machine);
  const std::int64_t once =
      ps(memory.translation.hit) + ps(spec.block / machine.die.usable_hbm_bandwidth()) + ps(memory.ladder.hbm);
  const std::int64_t walk = memory.translation.levels * ps(memory.ladder.hbm);
  const auto& times = tests::histogram_of(result, "kv_access_us");
  CHECK(times.count() == 3);
  CHECK(tests::least_ps(times) == once);
  CHECK(tests::most_ps(times) == once + walk);
  CHECK(tests::sum_ps(times) == 3 * once + walk);
  CHECK(tests::metric_of(result, "translation_misses") == 1);
  CHECK(tests::metric_of(result, "bandwidth_gb_s") ==
        Approx(3e3 * static_cast<double>(spec.block.count()) / static_cast<double>(3 * once + walk)).epsilon(1e-12));
}

TEST_CASE("chunks of a block are asked for a window at a time: one by one")
{
  MachineSpec machine = round_machine();
  machine.memory->transfer.window = 1;
  const models::MemorySpec& memory = *machine.memory;
  const KvSpec spec = own_memory();
  const auto result = access(spec, machine);
  const std::int64_t chunk = ps(memory.translation.hit) +
                             ps(memory.transfer.chunk / machine.die.usable_hbm_bandwidth()) + ps(memory.ladder.hbm);
  CHECK(tests::least_ps(tests::histogram_of(result, "kv_access_us")) == 4 * chunk);
}

TEST_CASE("a block whose end does not fill a chunk is read to its end and no further")
{
  MachineSpec machine = round_machine();
  machine.memory->transfer.window = 1;
  const models::MemorySpec& memory = *machine.memory;
  KvSpec spec = own_memory();
  spec.block = memory.transfer.chunk + 1000_B;
  const auto result = access(spec, machine);
  CHECK(tests::least_ps(tests::histogram_of(result, "kv_access_us")) ==
        2 * (ps(memory.translation.hit) + ps(memory.ladder.hbm)) + ps(spec.block / machine.die.usable_hbm_bandwidth()));
}

namespace {

// Sums over all accesses of a load, in picoseconds.
struct Facts {
  std::int64_t accesses = 0;  // number of them
  std::int64_t longest = 0;
  std::int64_t all = 0;
  std::int64_t translation = 0;
  std::int64_t network = 0;
  std::int64_t memory = 0;
  std::int64_t misses = 0;
  double bandwidth = 0;  // GB/s
  std::string limit;

  friend bool operator==(const Facts&, const Facts&) = default;
};

std::ostream& operator<<(std::ostream& out, const Facts& facts)
{
  out.precision(17);
  return out << '{' << facts.accesses << ", " << facts.longest << ", " << facts.all << ", " << facts.translation << ", "
             << facts.network << ", " << facts.memory << ", " << facts.misses << ", " << facts.bandwidth << ", \""
             << facts.limit << "\"}";
}

Facts facts_of(const sim::metrics::Result& result)
{
  const auto& times = tests::histogram_of(result, "kv_access_us");
  return {.accesses = static_cast<std::int64_t>(times.count()),
          .longest = tests::most_ps(times),
          .all = tests::sum_ps(times),
          .translation = tests::sum_ps(tests::histogram_of(result, "kv_mmu_us")),
          .network = tests::sum_ps(tests::histogram_of(result, "kv_ub_us")),
          .memory = tests::sum_ps(tests::histogram_of(result, "kv_memory_us")),
          .misses = std::llround(tests::metric_of(result, "translation_misses")),
          .bandwidth = tests::metric_of(result, "bandwidth_gb_s"),
          .limit = result.find("limit_busy")->formula};
}

// Six dies on the DRAM of both nodes.
KvSpec pooled()
{
  KvSpec spec;
  spec.readers = 4;
  spec.writers = 2;
  spec.write_share = 0.2;
  spec.blocks = 50;
  spec.block = Bytes(200'000);
  spec.homes = 2;
  spec.popularity = Popularity::Zipf;
  spec.zipf = 0.9;
  spec.outstanding = 3;
  spec.accesses = 12;
  spec.small = 512_B;
  return spec;
}

std::string text_of(const sim::metrics::Table& table)
{
  std::string text;
  for (const auto& row : table.rows) {
    text += row.label;
    for (const auto& cell : row.cells)
      text += std::holds_alternative<double>(cell)        ? fmt::format(" {:.9g}", std::get<double>(cell))
              : std::holds_alternative<std::string>(cell) ? fmt::format(" {}", std::get<std::string>(cell))
                                                          : " -";
    text += '\n';
  }
  return text;
}

std::string table_of(const sim::metrics::Result& result, std::string_view name)
{
  for (const sim::metrics::Table& table : result.tables)
    if (table.name == name)
      return text_of(table);
  return "none";
}

// Captured from the program: they change with the physics of the model and with nothing else.
const Facts SharedPool{
    72, 18758468, 732211767, 40500000, 540110531, 151601236, 58, 281.72402267784474, "binds: outstanding accesses"};
const Facts Striped{
    72, 10941345, 508069540, 18150000, 482211328, 7708212, 108, 428.89846364996168, "binds: outstanding accesses"};
const Facts Migrated{
    48, 18250166, 397243189, 5340000, 280145845, 111757344, 24, 224.60905215190564, "binds: outstanding accesses"};
constexpr const char* Coherence = R"(30 % 3.98365884 5.64015216 0.936170213 1.8 2.46875 0.591173836 1.807514
)";
constexpr const char* Paths = R"(ub-load-store 1.823275 0.01 1.733275 0.08 3.637289 54.9860074
ub-sdma 6.823275 0.01 6.733275 0.08 8.637289 23.1554137
rdma 7.59048 0.01 7.52048 0.06 15.57 12.8452152
host-bounced-dma 10.170176 0 10.024576 0.1456 29.72 6.7294751
peer-dma 5.654576 0.01 5.524576 0.12 14.084144 14.200366
gpu-peer-load-store 0.77128 0.01 0.70128 0.06 1.27 157.480315
cxl-load-store 0.26024 0.01 0.17024 0.08 4.25 47.0588235
pcie-infiniband 28.336624 0.01 28.026624 0.3 37.826288 5.28732822
)";
constexpr const char* Readers = R"(1 94.8660997 94.8660997 4.38456333 6.31473823 outstanding accesses 0.632440981
3 129.995868 43.3319559 8.92238767 13.8174228 outstanding accesses 0.491095861
)";
constexpr const char* Stripes = R"(1 3.697289 54.0936886 9.97230622 15.888276 226.12054 outstanding accesses 0.690923873
2 2.772043 72.148953 10.5722931 16.189644 222.364371 outstanding accesses 0.555910927
)";

}  // namespace

TEST_CASE("readers and writers of a pool queue at its homes, which serve so many of them at a time")
{
  KvSpec spec = pooled();
  spec.lookup = models::Lookup::Software;
  CHECK(facts_of(access(spec, tests::small_machine_with_memory())) == SharedPool);
}

TEST_CASE("parts of a striped block come from all of its homes in turn")
{
  KvSpec spec = pooled();
  spec.pool = Pool::Hbm;
  spec.homes = 5;
  spec.layout = models::Layout::Stripe;
  spec.stripe = 3;
  spec.lookup = models::Lookup::SwitchTable;
  spec.popularity = Popularity::Trace;
  spec.trace = {3, 1, 4, 1, 5, 9, 2, 6};
  CHECK(facts_of(access(spec, tests::small_machine_with_memory())) == Striped);
}

TEST_CASE("hot blocks are copied into the reader's memory and read there")
{
  KvSpec spec = pooled();
  spec.blocks = 6;
  spec.writers = 0;
  spec.migration = models::Migration::Lru;
  spec.migration_budget = Bytes(600'000);
  const auto result = access(spec, tests::small_machine_with_memory());
  CHECK(tests::metric_of(result, "copies_made") > 0);
  CHECK(tests::metric_of(result, "copies_read") > 0);
  CHECK(facts_of(result) == Migrated);
}

TEST_CASE("comparisons of paths, readers, stripes and coherence run one after the other on an idle machine")
{
  KvSpec spec = pooled();
  spec.accesses = 3;
  spec.compares_paths = true;
  spec.compared_readers = {1, 3};
  spec.compared_stripes = {1, 2};
  spec.compared_write_shares = {0.3};
  spec.sharers = 20;  // of both nodes
  spec.lines = 2;
  spec.line_accesses = 8;
  const auto result = access(spec, tests::small_machine_with_memory());
  CHECK(table_of(result, "coherence") == Coherence);
  CHECK(table_of(result, "paths") == Paths);
  CHECK(table_of(result, "readers") == Readers);
  CHECK(table_of(result, "stripes") == Stripes);
}

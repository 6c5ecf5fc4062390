#include "workloads/kv_access/kv_spec.h"

#include "sim/diagnostics/errors.h"
#include "sim/units/parse_quantity.h"
#include "workloads/traces/regular_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

namespace cm::workloads {
namespace {

using models::MachineSpec;
using sim::config::Key;
using sim::config::Reader;
using sim::config::Value;

constexpr int MostBlocks = 100'000'000;
constexpr int MostAccesses = 1'000'000;
constexpr std::size_t MostTraceLines = 10'000'000;

void read_count(Reader& reader, std::string_view name, std::string_view sentence, int minimum, std::uint32_t maximum,
                std::uint32_t& out)
{
  auto value = static_cast<std::int64_t>(out);
  reader.optional(Key{name, sentence, minimum, static_cast<double>(maximum)}, value);
  out = static_cast<std::uint32_t>(value);
}

// A list of numbers in [minimum, maximum]; anything else is told.
std::vector<double> read_list(Reader& reader, const Key& key)
{
  std::vector<double> numbers;
  const Value* list = reader.value(key, false);
  if (list == nullptr)
    return numbers;
  const auto complain = [&](const Value& found) {
    reader.complain(key.name, fmt::format("expected a list of numbers from {} to {}, found {}", *key.minimum,
                                          *key.maximum, found_text(found)));
  };
  if (list->kind != Value::Kind::List)
    complain(*list);
  for (const Value& item : list->items) {
    const std::optional<double> number = item.kind == Value::Kind::Scalar ? parse_number(item.text) : std::nullopt;
    if (!number || *number < *key.minimum || *number > *key.maximum)
      complain(item);
    else
      numbers.push_back(*number);
  }
  return numbers;
}

std::vector<std::uint32_t> read_counts(Reader& reader, std::string_view name, std::string_view sentence, double maximum)
{
  std::vector<std::uint32_t> counts;
  for (const double number : read_list(reader, Key{name, sentence, 1.0, maximum})) {
    counts.push_back(static_cast<std::uint32_t>(number));
    if (counts.back() != number)
      reader.complain(name, fmt::format("expected whole numbers, found {}", number));
  }
  return counts;
}

// Throws ConfigError with the place of what is no block number.
void read_blocks(const std::string& path, KvSpec& spec)
{
  RegularFile file(path);
  for (std::string line; file.next_line(line);) {
    std::uint64_t block = 0;
    const char* const end = line.data() + line.size();
    const auto [parsed, error] = std::from_chars(line.data(), end, block);
    if (error != std::errc() || parsed != end || block >= spec.blocks)
      throw ConfigError(fmt::format("{}: expected a block number below {}, found \"{}\"", to_text(file.position()),
                                    spec.blocks, line.substr(0, 40)));
    if (spec.trace.size() == MostTraceLines)
      throw ConfigError(
          fmt::format("{}: expected at most {} block numbers, found more", to_text(file.position()), MostTraceLines));
    spec.trace.push_back(block);
  }
}

// One block number a line; a path is relative to the scenario's file, or to the current folder with --set.
void read_trace(Reader& workload, KvSpec& spec)
{
  std::string name;
  workload.optional({"trace", "a file of block numbers, one a line, for popularity: trace"}, name);
  if (spec.popularity != Popularity::Trace)
    return;
  if (name.empty()) {
    workload.complain("trace", "expected a file of block numbers, which popularity: trace takes them from");
    return;
  }
  const std::string path = workload.named_file("trace", name);
  try {
    read_blocks(path, spec);
  } catch (const ConfigError& error) {
    workload.complain("trace", error.what());
    return;
  }
  if (spec.trace.empty())
    workload.complain("trace", fmt::format("expected block numbers, found none in {}", path));
}

void read_layout(Reader& workload, const MachineSpec& machine, KvSpec& spec)
{
  workload.choice({"pool", "the memory that holds the blocks"}, spec.pool, {{"dram", Pool::Dram}, {"hbm", Pool::Hbm}});
  const std::uint32_t most = spec.pool == Pool::Dram ? machine.topology.cpus() : machine.topology.dies();
  spec.homes = most;
  read_count(workload, "homes", "CPUs (or dies) that hold the pool, spread over the nodes", 1, most, spec.homes);
  workload.choice({"layout", "how a block becomes places"}, spec.layout,
                  {{"hash", models::Layout::Hash},
                   {"stripe", models::Layout::Stripe},
                   {"local-first", models::Layout::LocalFirst},
                   {"by-head", models::Layout::ByHead}});
  spec.stripe = std::min<std::uint32_t>(8, spec.homes);
  read_count(workload, "stripe", "homes that a block is spread over, for layout: stripe", 1, spec.homes, spec.stripe);
  spec.heads = 1;
  read_count(workload, "heads", "attention heads whose parts have a home each, for layout: by-head", 1, 1024,
             spec.heads);
  workload.choice({"lookup", "how a block's address is found: known beforehand, in the client, or in a switch"},
                  spec.lookup,
                  {{"resolved", models::Lookup::Resolved},
                   {"software", models::Lookup::Software},
                   {"switch-table", models::Lookup::SwitchTable}});
}

// Blocks must fit the memory that holds them.
void check_sizes(Reader& workload, const MachineSpec& machine, const KvSpec& spec)
{
  const models::Tier tier = spec.pool == Pool::Dram ? models::Tier::LocalDram : models::Tier::Hbm;
  const Bytes place = models::tier_spec(machine, tier).capacity;
  if (spec.block > place)
    workload.complain("block", fmt::format("expected a block that fits one place of the pool ({}), found {}",
                                           to_text(place), to_text(spec.block)));
  else if (static_cast<double>(spec.block.count()) * static_cast<double>(spec.blocks) >
           static_cast<double>(place.count()) * spec.homes)
    workload.complain("blocks", fmt::format("{} blocks of {} do not fit {} homes of {} each", spec.blocks,
                                            to_text(spec.block), spec.homes, to_text(place)));
  if (spec.migration == models::Migration::None)
    return;
  const Bytes room = machine.die.hbm_capacity - machine.die.reserved;
  if (spec.migration_budget > room)
    workload.complain("migration", fmt::format("a budget of {} does not fit the {} that a die's HBM has beside what is "
                                               "reserved",
                                               to_text(spec.migration_budget), to_text(room)));
  if (spec.migration_budget < spec.block)
    workload.complain("migration", fmt::format("expected a budget of at least one block ({}), found {}",
                                               to_text(spec.block), to_text(spec.migration_budget)));
  if (spec.write_share > 0 || spec.writers > 0)
    workload.complain("migration", "expected immutable blocks: copies would grow old with writers or a write_share");
}

void read_demand(Reader& workload, const MachineSpec& machine, KvSpec& spec)
{
  const std::uint32_t dies = machine.topology.dies();
  read_count(workload, "readers", "dies that read, from die 0 on", 0, dies, spec.readers);
  read_count(workload, "writers", "dies that write, after the readers", 0, dies, spec.writers);
  if (spec.readers + spec.writers == 0 || spec.readers + spec.writers > dies)
    workload.complain("readers", fmt::format("expected 1 to {} readers and writers together, found {}", dies,
                                             spec.readers + spec.writers));
  workload.optional_fraction({"write_share", "share of the readers' accesses that write"}, spec.write_share);
  workload.required({"block", "size of a block", 1.0, 1e12}, spec.block);
  std::int64_t blocks = 4096;
  workload.optional({"blocks", "blocks in the pool", 1.0, MostBlocks}, blocks);
  spec.blocks = static_cast<std::uint64_t>(blocks);
  workload.choice({"popularity", "how often each block is asked for"}, spec.popularity,
                  {{"uniform", Popularity::Uniform}, {"zipf", Popularity::Zipf}, {"trace", Popularity::Trace}});
  spec.zipf = 0.9;
  workload.optional({"zipf", "exponent of the popularity over the rank, for popularity: zipf", 0.0, 10.0}, spec.zipf);
  read_trace(workload, spec);
  spec.outstanding = 2;
  workload.optional({"outstanding", "accesses that a die has under way", 1, 4096}, spec.outstanding);
  spec.accesses = 16;
  workload.optional({"accesses", "accesses of each die", 1, MostAccesses}, spec.accesses);
  Reader migration = workload.optional_section({"migration", "copies of hot blocks in the HBM of the die that reads"});
  migration.choice({"policy", "which blocks are copied"}, spec.migration,
                   {{"none", models::Migration::None},
                    {"lru", models::Migration::Lru},
                    {"frequency", models::Migration::Frequency}});
  spec.migration_budget = Bytes(1'000'000'000);
  migration.optional({"budget", "HBM of each die for copies", 1.0, 1e15}, spec.migration_budget);
  migration.finish();
}

void read_comparisons(Reader& workload, const MachineSpec& machine, KvSpec& spec)
{
  Reader compare = workload.optional_section({"compare", "tables beside the load, each on an idle machine"});
  compare.optional({"paths", "one block over every access path"}, spec.compares_paths);
  spec.compared_readers =
      read_counts(compare, "readers", "the load again with so many readers", machine.topology.dies());
  spec.compared_stripes = read_counts(compare, "stripes", "the load again striped over so many homes", spec.homes);
  spec.compared_write_shares =
      read_list(compare, Key{"write_shares", "shared lines again with such shares of writes", 0.0, 1.0});
  compare.finish();
  Reader coherence = workload.optional_section({"coherence", "how lines are shared for compare.write_shares"});
  coherence.choice({"directory", "where the directory of a line is kept"}, spec.directory,
                   {{"memory", DirectoryHome::Memory}, {"switch", DirectoryHome::Switch}});
  spec.sharers = std::min<std::uint32_t>(32, machine.topology.dies());
  read_count(coherence, "sharers", "dies that share lines, from die 0 on", 1, machine.topology.dies(), spec.sharers);
  spec.lines = 64;
  read_count(coherence, "lines", "lines that they share", 1, 1 << 20, spec.lines);
  spec.line_accesses = 200;
  coherence.optional({"accesses", "accesses of each sharer", 1, MostAccesses}, spec.line_accesses);
  coherence.finish();
}

}  // namespace

KvSpec read_kv(Reader& workload, const MachineSpec& machine)
{
  KvSpec spec;
  enum class Kind { Kv } kind = Kind::Kv;
  workload.choice({"kind", "kind of the workload"}, kind, {{"kv", Kind::Kv}}, true);
  if (!machine.memory) {
    // Half a machine has been told already.
    if (!machine.name.empty())
      workload.complain("kind", "expected a machine with memory, found no machine.memory in its file");
    return spec;
  }
  if (machine.ub.model == models::UbModel::Flow)
    workload.complain("kind", fmt::format("kv runs on packets: expected {}=packet", machine.ub.key("model")));
  if (const auto problem = machine.node_traffic_problem())
    workload.complain("kind", "readers share nodes with homes: " + *problem);
  if (const auto problem = machine.cpu_traffic_problem())
    workload.complain("kind", "the memory of CPUs is accessed: " + *problem);
  read_demand(workload, machine, spec);
  read_layout(workload, machine, spec);
  spec.small = Bytes(512);
  workload.optional({"small", "size of the accesses in the latency table", 1.0, 1e9}, spec.small);
  read_comparisons(workload, machine, spec);
  check_sizes(workload, machine, spec);
  workload.finish();
  return spec;
}

}  // namespace cm::workloads

#include "workloads/model_load/model_load.h"

#include "models/network/card_planes.h"
#include "sim/engine/engine.h"
#include "sim/random/random_stream.h"
#include "sim/units/parse_quantity.h"
#include "workloads/model_load/model_load_metric_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <string_view>
#include <vector>

namespace cm::workloads {
namespace {

using sim::config::Key;
using sim::config::Reader;
using sim::engine::Control;
using Transfers = std::vector<Control::Transfer>;

// One star of flows: the bucket, the DRAM that each instance or the pool loads into, and the NPUs of each instance.
class Platform {
 public:
  Platform(const ModelLoadSpec& spec, const models::MachineSpec& machine) : spec_(spec)
  {
    const models::StorageSpec& store = machine.memory->object_store;
    const auto& topology = machine.topology;
    const std::uint32_t nodes = (spec.npus + topology.npus_per_node - 1) / topology.npus_per_node;
    const BytesPerSecond card = models::card_rate(machine, models::CardPlane::Vpc) * static_cast<double>(nodes);
    // Rate at which the CPUs of the instance's nodes serve readers over UB.
    const BytesPerSecond memory =
        machine.cpu.remote_read * static_cast<double>(nodes) * static_cast<double>(topology.cpus_per_node);
    const BytesPerSecond loaders = machine.memory->loader * static_cast<double>(spec.npus);
    const BytesPerSecond bucket = store.bandwidth * store.usable;
    plane_.name = "model load";
    plane_.latency = Seconds(0);
    plane_.endpoints.push_back({"bucket", bucket, bucket});
    for (std::uint32_t i = 0; i < spec.instances; ++i)
      plane_.endpoints.push_back({fmt::format("dram:{}", i), memory, card});
    // The pool is spread over the nodes of all instances.
    const double all = spec.instances;
    plane_.endpoints.push_back({"pool", memory * all, card * all});
    for (std::uint32_t i = 0; i < spec.instances; ++i)
      plane_.endpoints.push_back({fmt::format("npus:{}", i), loaders, loaders});
    first_byte_ = machine.memory->ladder.disk + store.software + machine.vpc.latency;
  }

  [[nodiscard]] const sim::engine::StarPlaneSpec& plane() const { return plane_; }
  [[nodiscard]] std::size_t dram(std::uint32_t instance) const { return 1 + instance; }
  [[nodiscard]] std::size_t pool() const { return 1 + spec_.instances; }
  [[nodiscard]] std::size_t npus(std::uint32_t instance) const { return 2 + spec_.instances + instance; }
  [[nodiscard]] Seconds first_byte() const { return first_byte_; }

  static constexpr std::size_t Bucket = 0;

 private:
  const ModelLoadSpec& spec_;  // borrowed
  sim::engine::StarPlaneSpec plane_;
  Seconds first_byte_;
};

class Loading {
 public:
  Loading(const ModelLoadSpec& spec, const Platform& platform, std::size_t plane, Control& control)
      : spec_(spec), platform_(platform), plane_(plane), control_(control)
  {
  }

  // `loads` times the model from the bucket at the same time, each for one instance, or once for all through the pool.
  Seconds cold(std::uint32_t loads, bool through_pool)
  {
    return pipelined([&](Bytes piece, bool from_bucket, bool to_npus) {
      Transfers transfers;
      for (std::uint32_t i = 0; i < (through_pool ? 1 : loads) && from_bucket; ++i)
        transfers.push_back({Platform::Bucket, through_pool ? platform_.pool() : platform_.dram(i), piece});
      for (std::uint32_t i = 0; i < loads && to_npus; ++i)
        transfers.push_back({through_pool ? platform_.pool() : platform_.dram(i), platform_.npus(i), piece});
      return transfers;
    });
  }

  Seconds warm(std::uint32_t loads, bool from_pool)
  {
    const Seconds start = control_.now();
    Transfers transfers;
    for (std::uint32_t i = 0; i < loads; ++i)
      transfers.push_back({from_pool ? platform_.pool() : platform_.dram(i), platform_.npus(i), spec_.model});
    control_.transfer_all(plane_, transfers);
    return control_.now() - start;
  }

 private:
  // Piece k comes from the bucket while piece k - 1 goes into the NPUs.
  template <typename Moves>
  Seconds pipelined(const Moves& moves)
  {
    const Seconds start = control_.now();
    control_.sleep(platform_.first_byte());
    for (int turn = 0; turn <= spec_.pieces; ++turn) {
      const Bytes piece = spec_.model / spec_.pieces;
      control_.transfer_all(plane_, moves(piece, turn < spec_.pieces, turn > 0));
    }
    return control_.now() - start;
  }

  const ModelLoadSpec& spec_;
  const Platform& platform_;
  std::size_t plane_;
  Control& control_;
};

// Models in a cache, the one used longest ago leaves.
class ModelCache {
 public:
  explicit ModelCache(std::int64_t room) : room_(room) {}

  bool use(std::uint32_t model)
  {
    const auto found = std::ranges::find(models_, model);
    const bool hit = found != models_.end();
    if (hit)
      models_.erase(found);
    models_.push_back(model);
    while (static_cast<std::int64_t>(models_.size()) > room_)
      models_.pop_front();
    return hit;
  }

 private:
  std::int64_t room_;
  std::deque<std::uint32_t> models_;
};

struct Caching {
  std::string_view word;
  std::string_view sentence;
  bool has_cache = false;
  bool is_pool = false;
};

constexpr std::array<Caching, 3> CachingTable{{
    {"no_cache", "no cache", false, false},
    {"local_dram", "local DRAM", true, false},
    {"ems", "memory pool (EMS)", true, true},
}};

// Instances switch to a model drawn uniformly; how often it is in the cache they look in.
double hit_rate(const ModelLoadSpec& spec, const Caching& caching, std::uint64_t seed)
{
  if (!caching.has_cache)
    return 0;
  const Bytes size = caching.is_pool ? spec.pool : spec.local_dram;
  const std::int64_t room = size.count() / spec.model.count();
  std::vector<ModelCache> caches(caching.is_pool ? 1 : spec.instances, ModelCache(room));
  sim::RandomStream draws(seed, "model switches");
  int hits = 0;
  // The first switches fill the caches and are not counted.
  const int filling = static_cast<int>(10 * spec.models * caches.size());
  for (int i = 0; i < filling + spec.switches; ++i) {
    const std::uint32_t instance = draws.below(spec.instances);
    const std::uint32_t model = draws.below(spec.models);
    const bool hit = caches[caching.is_pool ? 0 : instance].use(model);
    hits += hit && i >= filling ? 1 : 0;
  }
  return static_cast<double>(hits) / spec.switches;
}

struct Row {
  Seconds cold;
  Seconds warm;     // 0: nothing to start from
  double dram = 0;  // in sizes of the model
  double hits = 0;
  Seconds switched;
};

Row run_row(const ModelLoadSpec& spec, const Caching& caching, Loading& loading, std::uint64_t seed)
{
  Row row;
  row.cold = loading.cold(spec.instances, caching.is_pool);
  if (caching.has_cache)
    row.warm = loading.warm(spec.instances, caching.is_pool);
  if (caching.has_cache)
    row.dram = caching.is_pool ? 1 : spec.instances;
  row.hits = hit_rate(spec, caching, seed);
  const Seconds miss = loading.cold(1, caching.is_pool);
  const Seconds hit = caching.has_cache ? loading.warm(1, caching.is_pool) : Seconds(0);
  row.switched = hit * row.hits + miss * (1 - row.hits);
  return row;
}

void report(const std::vector<Row>& rows, sim::metrics::Result& result)
{
  sim::metrics::Table table{.name = "start-up",
                            .sentence = "start of all instances, and a switch of one of them; seconds",
                            .columns = {"cache", "cold", "warm", "DRAM x model", "switch hits", "switch"},
                            .rows = {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const Caching& caching = CachingTable.at(i);
    table.rows.push_back(
        {std::string(caching.sentence),
         {row.cold.count(), sim::metrics::cell_of(caching.has_cache ? std::optional(row.warm.count()) : std::nullopt),
          row.dram, row.hits, row.switched.count()}});
    result.add(ModelLoadMetrics["*_cold_s"], caching.word, row.cold.count());
    if (caching.has_cache)
      result.add(ModelLoadMetrics["*_warm_s"], caching.word, row.warm.count());
    result.add(ModelLoadMetrics["*_dram"], caching.word, row.dram);
    result.add(ModelLoadMetrics["*_switch_hits"], caching.word, row.hits);
    result.add(ModelLoadMetrics["*_switch_s"], caching.word, row.switched.count());
  }
  result.tables.push_back(std::move(table));
}

// Which of the two ways of a start is slow: from the bucket, or from memory into the NPUs.
std::string limit_sentence(const std::vector<Row>& rows)
{
  // The pool is the last row of CachingTable.
  const Row& pool = rows.back();
  const double times = ratio(pool.cold, pool.warm);
  constexpr double MuchSlower = 1.5;
  if (times < MuchSlower)
    return fmt::format(
        "The way from memory into the NPUs limits: a cold start takes {:.3g} times as long as a warm one.", times);
  return fmt::format(
      "The object store limits cold starts: through the pool they take {:.3g} times as long as warm ones, "
      "without a cache {:.3g} times.",
      times, ratio(rows.front().cold, pool.warm));
}

void check_sizes(Reader& workload, const ModelLoadSpec& spec, const models::MachineSpec& machine)
{
  const auto& topology = machine.topology;
  const std::uint32_t nodes = (spec.npus + topology.npus_per_node - 1) / topology.npus_per_node;
  const Bytes instance = machine.cpu.dram_capacity * (std::int64_t{nodes} * topology.cpus_per_node);
  const Bytes hbm = machine.die.hbm_capacity * (std::int64_t{spec.npus} * topology.dies_per_npu);
  if (spec.model > hbm)
    workload.complain("model_bytes", fmt::format("expected a model that fits the HBM of {} NPUs ({}), found {}",
                                                 spec.npus, to_text(hbm), to_text(spec.model)));
  if (spec.model > machine.memory->object_store.capacity)
    workload.complain("model_bytes", fmt::format("expected a model that fits the object store ({}), found {}",
                                                 to_text(machine.memory->object_store.capacity), to_text(spec.model)));
  if (spec.local_dram > instance)
    workload.complain("local_dram", fmt::format("expected at most the DRAM of an instance's {} nodes ({}), found {}",
                                                nodes, to_text(instance), to_text(spec.local_dram)));
  const Bytes all = machine.cpu.dram_capacity * static_cast<std::int64_t>(topology.cpus());
  if (spec.pool > all)
    workload.complain(
        "pool", fmt::format("expected at most the machine's DRAM ({}), found {}", to_text(all), to_text(spec.pool)));
  if (spec.instances * nodes > topology.nodes)
    workload.complain("instances", fmt::format("{} instances of {} nodes do not fit the machine's {} nodes",
                                               spec.instances, nodes, topology.nodes));
}

}  // namespace

ModelLoadSpec read_model_load(Reader& workload, const models::MachineSpec& machine)
{
  ModelLoadSpec spec;
  enum class Kind { ModelLoad } kind = Kind::ModelLoad;
  workload.choice({"kind", "kind of the workload"}, kind, {{"model-load", Kind::ModelLoad}}, true);
  if (!machine.memory) {
    // Half a machine has been told already.
    if (!machine.name.empty())
      workload.complain("kind", "expected a machine with memory, found no machine.memory in its file");
    return spec;
  }
  const auto count = [&](std::string_view name, std::string_view sentence, int maximum, std::uint32_t& out) {
    int value = 1;
    workload.required(Key{name, sentence, 1, maximum}, value);
    out = static_cast<std::uint32_t>(value);
  };
  workload.required({"model_bytes", "weights of the model", 1e6, 1e15}, spec.model);
  count("instances", "instances that start", 1024, spec.instances);
  count("npus", "NPUs of one instance", 4096, spec.npus);
  count("models", "models that instances switch between", 100'000, spec.models);
  workload.required({"local_dram", "DRAM of one instance that caches models", 0.0, 1e18}, spec.local_dram);
  workload.required({"pool", "DRAM of the pool that caches models for all", 0.0, 1e18}, spec.pool);
  spec.switches = 100'000;
  workload.optional({"switches", "switches that are drawn for the hit rate", 1, 100'000'000}, spec.switches);
  spec.pieces = 100;
  workload.optional({"pieces", "pieces that a model is moved in: one loads while the next comes", 1, 10'000},
                    spec.pieces);
  check_sizes(workload, spec, machine);
  workload.finish();
  return spec;
}

void run_model_load(const ModelLoadSpec& spec, const models::MachineSpec& machine, std::uint64_t seed,
                    sim::metrics::Result& result)
{
  const Platform platform(spec, machine);
  sim::engine::Engine engine;
  const std::size_t plane = engine.add_plane(platform.plane());
  std::vector<Row> rows;
  engine.spawn("model load", [&](Control& control) {
    Loading loading(spec, platform, plane, control);
    for (const Caching& caching : CachingTable)
      rows.push_back(run_row(spec, caching, loading, seed));
  });
  engine.run();
  report(rows, result);
  result.answer.limit = limit_sentence(rows);
}

}  // namespace cm::workloads

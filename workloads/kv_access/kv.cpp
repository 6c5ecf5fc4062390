#include "workloads/kv_access/kv.h"

#include "sim/engine/engine.h"
#include "workloads/kv_access/kv_metric_table.h"
#include "workloads/kv_access/load_limit.h"
#include "workloads/kv_access/load_run.h"
#include "workloads/kv_access/sharing_run.h"
#include "workloads/live_machine/live_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace cm::workloads {
namespace {

using models::AccessPath;
using models::Share;
using models::Tier;
using sim::metrics::cell_of;
using sim::metrics::Result;
using sim::metrics::Table;

double share_us(const AccessTimes& times, Share share)
{
  return microseconds(times.shares.at(static_cast<std::size_t>(share)));
}

// One access alone on the machine, for the second time: translations are known, as where latencies are published.
class LoneAccess final : public AccessListener {
 public:
  LoneAccess(sim::streams::DataPlane& plane, AccessRunner& runner, sim::streams::Signal done)
      : plane_(plane), runner_(runner), done_(done)
  {
  }

  AccessTimes run(sim::engine::Control& control, const AccessPath& path, std::uint32_t target, Bytes bytes)
  {
    runner_.tell(*this);
    for (int turn = 0; turn < 2; ++turn) {
      control.synchronise();
      runner_.start({.die = 0, .places = {{target, 0, bytes}}, .paths = {&path}, .tag = 0});
      control.wait(done_);
    }
    return times_;
  }

  void on_access(std::uint64_t /*tag*/, const AccessTimes& times) override
  {
    times_ = times;
    plane_.raise(done_);
  }

 private:
  sim::streams::DataPlane& plane_;
  AccessRunner& runner_;
  sim::streams::Signal done_;
  AccessTimes times_;
};

// Everything that runs, one after the other, on one machine that is idle in between.
class KvStudy {
 public:
  KvStudy(const KvSpec& spec, const models::MachineSpec& machine, std::uint64_t seed, Result& result)
      : spec_(spec), machine_(machine), seed_(seed), result_(result), supernode_(machine.topology),
        live_(machine, supernode_, seed), plane_(live_.plane()), engines_(live_.engines()),
        runner_(machine, plane_, engines_), meter_(machine, live_.network(), plane_.fabric(), runner_)
  {
  }

  void run();

 private:
  struct TierRow {
    std::string word;
    AccessPath path;
    std::uint32_t target = 0;
  };

  struct Load {
    LoadResult result;
    LoadLimit limit;
  };

  [[nodiscard]] std::vector<TierRow> tier_rows() const;
  void compare_tiers(sim::engine::Control& control);
  void compare_paths(sim::engine::Control& control);
  Load run_load(sim::engine::Control& control, const KvSpec& spec);
  void report_load(sim::engine::Control& control);
  void compare_readers(sim::engine::Control& control);
  void compare_stripes(sim::engine::Control& control);
  SharingResult run_sharing(sim::engine::Control& control, double write_share, bool is_coherent);
  void compare_write_shares(sim::engine::Control& control);

  const KvSpec& spec_;
  const models::MachineSpec& machine_;
  std::uint64_t seed_;
  Result& result_;
  topology::Supernode supernode_;
  LiveMachine live_;
  sim::streams::DataPlane& plane_;
  const models::EndpointEngines& engines_;
  AccessRunner runner_;
  LimitMeter meter_;
  sim::streams::Signal done_ = 0;
};

void KvStudy::run()
{
  MachineRun carried(live_);
  done_ = carried.new_signal();
  carried.run("kv", [&](sim::engine::Control& control) {
    compare_tiers(control);
    report_load(control);
    if (spec_.compares_paths)
      compare_paths(control);
    compare_readers(control);
    compare_stripes(control);
    compare_write_shares(control);
  });
}

std::vector<KvStudy::TierRow> KvStudy::tier_rows() const
{
  const auto& topology = machine_.topology;
  std::vector<TierRow> rows;
  const auto add = [&](std::string_view word, Tier tier, std::optional<std::uint32_t> target) {
    if (!target)
      return;
    rows.push_back({std::string(word), models::tier_path(machine_, tier, false, spec_.lookup), *target});
    if (tier != Tier::Hbm && tier != Tier::Ssd && tier != Tier::ObjectStore)
      rows.push_back({fmt::format("{}_write", word), models::tier_path(machine_, tier, true, spec_.lookup), *target});
  };
  for (const models::TierName& each : models::TierTable) {
    if (each.tier == Tier::RemoteHbm && topology.npus_per_node > 1)
      add("same_node_hbm", Tier::RemoteHbm, topology.dies_per_npu);
    const bool is_storage = each.tier == Tier::Ssd || each.tier == Tier::ObjectStore;
    add(each.word, each.tier,
        is_storage ? std::optional(topology.dies()) : models::nearest_target(topology, 0, each.tier));
  }
  const models::NamedPath& conventional = models::path_table().back();
  if (const auto target = models::nearest_target(topology, 0, conventional.from))
    rows.push_back({std::string("conventional"), conventional.build(machine_), *target});
  return rows;
}

void KvStudy::compare_tiers(sim::engine::Control& control)
{
  LoneAccess access(plane_, runner_, done_);
  Table table{.name = "latency",
              .sentence = "one access alone, microseconds: T = T_MMU + T_UB + T_memory",
              .columns = {"tier", "total", "T_MMU", "T_UB", "T_memory"},
              .rows = {}};
  for (const TierRow& row : tier_rows()) {
    const AccessTimes times = access.run(control, row.path, row.target, spec_.small);
    const double mmu = share_us(times, Share::Translation);
    const double ub = share_us(times, Share::Network);
    const double memory = share_us(times, Share::Memory);
    table.rows.push_back({row.word, {microseconds(times.total), mmu, ub, memory}});
    result_.add(KvMetrics["latency_*_us"], row.word, microseconds(times.total),
                fmt::format("{:.6g} T_MMU + {:.6g} T_UB + {:.6g} T_memory", mmu, ub, memory));
  }
  result_.tables.push_back(std::move(table));
}

void KvStudy::compare_paths(sim::engine::Control& control)
{
  LoneAccess access(plane_, runner_, done_);
  Table table{.name = "paths",
              .sentence = fmt::format("one read alone over each access path: {} B and a block of {} B, microseconds",
                                      spec_.small.count(), spec_.block.count()),
              .columns = {"path", "small", "T_MMU", "T_UB", "T_memory", "block", "GB/s"},
              .rows = {}};
  for (const models::NamedPath& each : models::path_table()) {
    const auto target = models::nearest_target(machine_.topology, 0, each.from);
    if (!target)
      continue;
    const AccessPath path = each.build(machine_);
    const AccessTimes small = access.run(control, path, *target, spec_.small);
    const AccessTimes block = access.run(control, path, *target, spec_.block);
    table.rows.push_back({std::string(each.word),
                          {microseconds(small.total), share_us(small, Share::Translation),
                           share_us(small, Share::Network), share_us(small, Share::Memory), microseconds(block.total),
                           static_cast<double>(spec_.block.count()) / microseconds(block.total) * 1e-3}});
  }
  result_.tables.push_back(std::move(table));
}

KvStudy::Load KvStudy::run_load(sim::engine::Control& control, const KvSpec& spec)
{
  control.synchronise();
  LoadRun load(spec, machine_, plane_, runner_, seed_, done_);
  meter_.begin();
  load.start();
  control.wait(done_);
  return {load.result(), meter_.limit(load.result().span)};
}

void KvStudy::report_load(sim::engine::Control& control)
{
  const std::uint64_t misses = runner_.translation_misses();
  const Load load = run_load(control, spec_);
  const LoadResult& done = load.result;
  result_.add(KvMetrics["bandwidth_gb_s"], done.bandwidth_gb_s());
  result_.add(KvMetrics["bandwidth_per_die_gb_s"], done.bandwidth_gb_s() / (spec_.readers + spec_.writers));
  result_.add(KvMetrics["limit_busy"], load.limit.busy, fmt::format("binds: {}", load.limit.name));
  result_.add(KvMetrics["translation_misses"], static_cast<double>(runner_.translation_misses() - misses));
  if (spec_.migration != models::Migration::None) {
    result_.add(KvMetrics["copies_read"], sim::metrics::share_of(static_cast<double>(done.copies_read),
                                                                 static_cast<double>(done.access.count())));
    result_.add(KvMetrics["copies_made"], static_cast<double>(done.copies_made));
  }
  result_.add(KvMetrics["kv_access_us"], done.access);
  result_.add(KvMetrics["kv_mmu_us"], done.shares[static_cast<std::size_t>(Share::Translation)]);
  result_.add(KvMetrics["kv_ub_us"], done.shares[static_cast<std::size_t>(Share::Network)]);
  result_.add(KvMetrics["kv_memory_us"], done.shares[static_cast<std::size_t>(Share::Memory)]);
  for (const auto& [tier, histogram] : done.tiers)
    result_.add(KvMetrics["kv_*_us"], to_text(tier), histogram);
  result_.notes.push_back(
      fmt::format("the load is limited by: {} ({:.0f} % busy)", load.limit.name, 100 * load.limit.busy));
  result_.answer.limit = limit_sentence(load.limit);
}

void KvStudy::compare_readers(sim::engine::Control& control)
{
  if (spec_.compared_readers.empty())
    return;
  Table table{.name = "readers",
              .sentence = "the load with so many readers",
              .columns = {"readers", "GB/s", "per reader", "mean us", "p99 us", "limit", "busy"},
              .rows = {}};
  for (const std::uint32_t readers : spec_.compared_readers) {
    KvSpec spec = spec_;
    spec.readers = readers;
    spec.writers = 0;
    const Load load = run_load(control, spec);
    table.rows.push_back(
        {fmt::format("{}", readers),
         {load.result.bandwidth_gb_s(), load.result.bandwidth_gb_s() / readers, cell_of(load.result.access.mean()),
          cell_of(load.result.access.quantile(0.99)), load.limit.name, load.limit.busy}});
  }
  result_.tables.push_back(std::move(table));
}

// One block alone, then the load: a wide stripe spreads a hot block and costs more look-ups and requests.
void KvStudy::compare_stripes(sim::engine::Control& control)
{
  if (spec_.compared_stripes.empty())
    return;
  Table table{.name = "stripes",
              .sentence = "blocks striped over so many homes: one reader alone, then the load",
              .columns = {"stripe", "alone us", "alone GB/s", "mean us", "p99 us", "GB/s", "limit", "busy"},
              .rows = {}};
  std::uint32_t best = 0;
  double best_bandwidth = 0;
  for (const std::uint32_t stripe : spec_.compared_stripes) {
    KvSpec spec = spec_;
    spec.layout = models::Layout::Stripe;
    spec.stripe = stripe;
    KvSpec alone = spec;
    alone.readers = 1;
    alone.writers = 0;
    alone.outstanding = 1;
    const Load one = run_load(control, alone);
    const Load all = run_load(control, spec);
    const double bandwidth = all.result.bandwidth_gb_s();
    if (bandwidth > best_bandwidth) {
      best = stripe;
      best_bandwidth = bandwidth;
    }
    table.rows.push_back(
        {fmt::format("{}", stripe),
         {cell_of(one.result.access.mean()), one.result.bandwidth_gb_s(), cell_of(all.result.access.mean()),
          cell_of(all.result.access.quantile(0.99)), bandwidth, all.limit.name, all.limit.busy}});
  }
  result_.add(KvMetrics["best_stripe"], best);
  result_.tables.push_back(std::move(table));
}

SharingResult KvStudy::run_sharing(sim::engine::Control& control, double write_share, bool is_coherent)
{
  control.synchronise();
  SharingRun sharing({.is_coherent = is_coherent,
                      .directory = spec_.directory,
                      .sharers = spec_.sharers,
                      .lines = spec_.lines,
                      .accesses = spec_.line_accesses,
                      .write_share = write_share},
                     machine_, plane_, seed_, done_);
  sharing.start();
  control.wait(done_);
  return sharing.result();
}

void KvStudy::compare_write_shares(sim::engine::Control& control)
{
  if (spec_.compared_write_shares.empty())
    return;
  Table table{.name = "coherence",
              .sentence = fmt::format("{} dies share {} lines: MESI, and immutable blocks beside it; microseconds",
                                      spec_.sharers, spec_.lines),
              .columns = {"writes", "read", "write", "conflicts", "invalidations", "messages", "immutable read",
                          "immutable write"},
              .rows = {}};
  for (const double share : spec_.compared_write_shares) {
    const SharingResult coherent = run_sharing(control, share, true);
    const SharingResult immutable = run_sharing(control, share, false);
    const auto per = [](std::uint64_t count, std::uint64_t of) {
      return cell_of(sim::metrics::share_of(static_cast<double>(count), static_cast<double>(of)));
    };
    table.rows.push_back(
        {fmt::format("{:.3g} %", 100 * share),
         {cell_of(coherent.reads.mean()), cell_of(coherent.writes.mean()), per(coherent.conflicts, coherent.requests),
          per(coherent.invalidations, coherent.writes.count()), per(coherent.messages, coherent.accesses()),
          cell_of(immutable.reads.mean()), cell_of(immutable.writes.mean())}});
  }
  result_.tables.push_back(std::move(table));
}

}  // namespace

void run_kv(const KvSpec& spec, const models::MachineSpec& machine, std::uint64_t seed, Result& result)
{
  KvStudy(spec, machine, seed, result).run();
}

}  // namespace cm::workloads

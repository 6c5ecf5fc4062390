// Keys that a study of pooled memory has and does not use, because other keys say so.
#include "models/network/fabric_use.h"
#include "workloads/kv_access/kv_spec.h"

namespace cm::workloads {
namespace {

using sim::config::UnusedKey;

class UnusedKvKeys {
 public:
  explicit UnusedKvKeys(const KvSpec& spec) : spec_(spec) {}

  void add_load()
  {
    unless(spec_.popularity == Popularity::Zipf, "workload.zipf", "workload.popularity is not zipf");
    unless(spec_.popularity == Popularity::Trace, "workload.trace", "workload.popularity is not trace");
    unless(spec_.layout == models::Layout::Stripe, "workload.stripe", "workload.layout is not stripe");
    unless(spec_.layout == models::Layout::ByHead, "workload.heads", "workload.layout is not by-head");
    unless(spec_.migration != models::Migration::None, "workload.migration.budget",
           "workload.migration.policy is none");
    unless(spec_.readers > 0, "workload.write_share", "workload.readers is 0");
    unless(!spec_.compared_write_shares.empty(), "workload.coherence", "workload.compare has no write_shares");
  }

  void add_memory()
  {
    const std::string tiers = "machine.memory.tiers.";
    const std::string ladder = "machine.memory.ladder.";
    const bool shares_lines = !spec_.compared_write_shares.empty();
    unless(spec_.lookup == models::Lookup::Software, tiers + "lookup.software", "workload.lookup is not software");
    unless(spec_.lookup == models::Lookup::SwitchTable || (shares_lines && spec_.directory == DirectoryHome::Switch),
           tiers + "lookup.switch_table", "neither workload.lookup nor workload.coherence.directory is in a switch");
    unless(shares_lines, tiers + "coherence", "workload.compare has no write_shares");
    unless(shares_lines, ladder + "l2_cache", "workload.compare has no write_shares");
    for (const char* rung : {"register", "l1_cache", "l3_cache", "other_socket_dram"})
      unless(false, ladder + rung, "no access path crosses it");
    unless(false, tiers + "loader", "a model-load alone uses it");
    unless(spec_.pool == Pool::Dram, "machine.cpu.dram.capacity", "workload.pool is not dram");
    unless(spec_.pool == Pool::Hbm || spec_.migration != models::Migration::None, "machine.die.hbm.capacity",
           "HBM holds no blocks");
    unless(spec_.migration != models::Migration::None, "machine.die.hbm.reserved", "HBM holds no copies of blocks");
    unless(false, tiers + "ssd.capacity", "no blocks are kept there");
    unless(false, tiers + "object_store.capacity", "no blocks are kept there");
  }

  void add_paths()
  {
    const std::string reason = "workload.compare.paths is false";
    for (const char* path :
         {"machine.memory.ladder.cxl_memory", "machine.memory.paths.gpu_peer", "machine.memory.paths.cxl",
          "machine.memory.paths.host.copy", "machine.rdma.latency", "machine.rdma.die_bandwidth", "machine.die.sdma"})
      unless(spec_.compares_paths, path, reason);
  }

  [[nodiscard]] const std::vector<UnusedKey>& keys() const { return unused_; }

 private:
  // A grid of settings may hold what one of its settings makes idle.
  void unless(bool is_used, const std::string& path, const std::string& reason)
  {
    if (!is_used)
      unused_.push_back({path, reason, true});
  }

  const KvSpec& spec_;
  std::vector<UnusedKey> unused_;
};

}  // namespace

std::vector<UnusedKey> unused_keys(const KvSpec& spec, const models::MachineSpec& machine)
{
  UnusedKvKeys keys(spec);
  keys.add_load();
  keys.add_memory();
  keys.add_paths();
  std::vector<UnusedKey> unused = keys.keys();
  models::add_unused_fabric_keys(
      machine, {.between_nodes = machine.topology.nodes > 1, .asks_for_data = true, .waits_for_writes = true}, unused);
  return unused;
}

}  // namespace cm::workloads

// Is every key of the schema of any use? A reader records the keys that it is asked for, and a run says which of them
// it does not use: what no run here uses would be a key that looks as if it changed something.
#include "tools/runner/run.h"
#include "tools/schema/key_catalogue.h"
#include "tools/workload_kinds/workload_table.h"
#include "topology/fabrics/fabric_kind.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

using namespace cm::tools;

namespace {

const std::string Configs = CM_SOURCE_DIR "/configs";

struct Reading {
  std::string scenario;
  std::vector<std::string> sets;
};

// Beside the shipped scenarios as they are: what they leave out.
const std::vector<Reading> Others{
    {"p2p", {"workload.op=write", "machine.ub.write_limit=lane"}},
    {"p2p", {"workload.op=write", "workload.to=cpu:0"}},
    {"p2p", {"workload.to=cpu:0"}},
    {"p2p", {"workload.plane=rdma"}},
    {"p2p", {"workload.plane=vpc"}},
    {"gemm", {"workload.format=int8"}},
    {"gemm", {"workload.format=fp8"}},
    {"ep", {"workload.placement_file=nowhere.npy"}},
    {"decode-ep320", {"workload.mtp={tokens: 1, acceptance: 0.7}", "workload.split={aic: 12, aiv: 24}"}},
    {"decode-ep320", {"workload.microbatches=auto", "workload.tp=2", "workload.dp=160"}},
    {"decode-dense", {"workload.microbatches=auto"}},
    {"prefill-ep32", {"workload.chunk=4 KiB"}},
    {"prefill-ep32", {"workload.routing=skewed", "workload.skew=1"}},
    {"kv-access", {"workload.layout=stripe", "workload.lookup=software"}},
    {"kv-access", {"workload.layout=by-head", "workload.lookup=switch-table", "workload.popularity=trace"}},
    {"kv-access", {"workload.migration.policy=lru", "workload.pool=hbm", "workload.homes=16"}},
    {"collective", {"workload.ranks=64"}},
    {"serving-pdc", {"workload.generator.arrivals=gamma"}},
    {"serving-pdc", {"workload.generator.arrivals=bursts"}},
    {"serving-pdc", {"workload.decode_instances=2"}},
    // A cluster whose packets run on the fat tree.
    {"p2p",
     {"machine=h800-cluster", "machine.rdma.fabric.sub_planes=2", "machine.rdma.fabric.ports.die=2",
      "machine.rdma.fabric.cpu_lanes=2"}},
    {"p2p", {"machine=h800-cluster", "workload.op=write", "workload.to=cpu:0"}},
    {"serving-pdc", {"workload.pool.volume_share=10 %", "workload.prefill.layers_simulated=2"}},
};

// Keys of a machine that say what it is made of, and those of a decode by itself, which serving refuses.
const std::set<std::string> Apart{"machine.base",
                                  "machine.description",
                                  "machine.overrides",
                                  "serving workload.decode.iterations",
                                  "serving workload.decode.compare_quantisation",
                                  "serving workload.decode.accuracy_retention"};

// "KIND workload.key" or "machine.key": a key of a workload belongs to its kind.
std::string name_of(const std::string& path, const std::string& kind)
{
  return path.starts_with("workload.") ? kind + " " + path : path;
}

void add_used(const std::string& file, const std::vector<std::string>& sets, std::set<std::string>& used)
{
  const ScenarioReading reading = read_scenario({.path = file, .sets = sets, .seed = {}, .config_root = Configs});
  for (const std::string& path : reading.used)
    used.insert(name_of(without_indices(path), reading.kind));
}

// Settings that make the fabric of a machine a sample of a kind. `plane`: whose packets are simulated.
std::vector<std::string> sets_of(const cm::topology::FabricKind& kind, const cm::topology::FabricSample& sample,
                                 const std::string& plane)
{
  const std::string keys(sample.keys);
  const std::string ways = is_clos(kind) ? "internode_traversals: 3" : "joins: machine";
  return {fmt::format("machine.nodes={}", sample.site.nodes),
          fmt::format("machine.node.npus={}", sample.site.dies_per_node),
          "machine.node.dies_per_npu=1",
          fmt::format("machine.node.cpus={}", std::max(sample.site.cpus_per_node, 1U)),
          fmt::format("machine.packet_plane={}", plane),
          fmt::format("machine.{}={{kind: {}, mtu: 4 KiB, frame_overhead: 0 B, payload_share: 1, buffer: 64 KiB, "
                      "control_packet: 20 B, traversal_latency: 200 ns, {}, internode_cost: 0, "
                      "access: {{npu_base: 1 us, cpu_base: 1 us, write_extra: 0 us}}, {}",
                      plane == "ub" ? "ub" : "rdma.fabric", kind.name, ways, keys.substr(1))};
}

std::set<std::string> used_keys()
{
  std::set<std::string> used;
  for (const auto& entry : std::filesystem::directory_iterator(Configs + "/scenarios"))
    add_used(entry.path().string(), {}, used);
  for (const cm::topology::FabricKind& kind : cm::topology::fabric_kinds())
    for (const cm::topology::FabricSample& sample : kind.samples)
      for (const char* const plane : {"ub", "rdma"})
        add_used(Configs + "/scenarios/p2p.yaml", sets_of(kind, sample, plane), used);
  for (const Reading& each : Others)
    add_used(Configs + "/scenarios/" + each.scenario + ".yaml", each.sets, used);
  return used;
}

}  // namespace

TEST_CASE("every key of the schema is used by some run, or says that it is not")
{
  const std::set<std::string> used = used_keys();
  std::string idle;
  for (const CataloguedKey& key : all_keys(read_catalogue(Configs))) {
    if (key.declaration.type == "map" || key.declaration.sentence.find("no run uses it") != std::string::npos ||
        key.declaration.sentence.find("cmsim topology") != std::string::npos)
      continue;
    if (key.path.starts_with("machine.") || key.path.starts_with("model."))
      idle += used.contains(key.path) || Apart.contains(key.path) ? "" : key.path + "\n";
    for (const std::string& kind : key.path.starts_with("workload.") ? key.kinds : std::vector<std::string>{})
      if (const std::string name = name_of(key.path, kind); !used.contains(name) && !Apart.contains(name))
        idle += name + "\n";
  }
  CHECK(idle == "");
}

TEST_CASE("every section of the table of workloads is one of the schema")
{
  std::set<std::string> paths;
  for (const CataloguedKey& key : all_keys(read_catalogue(Configs)))
    paths.insert(key.path);
  for (const WorkloadKind& kind : workload_table())
    for (std::string_view rest = kind.uses; !rest.empty();) {
      const std::string section(rest.substr(0, rest.find(' ')));
      rest.remove_prefix(std::min(rest.size(), section.size() + 1));
      INFO(kind.name);
      INFO(section);
      CHECK((section == "model" || paths.contains("machine." + section)));
    }
}

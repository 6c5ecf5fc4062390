#include "topology/fabrics/fabric_kind.h"

#include "topology/fabrics/fabric_kinds.h"

#include <vector>

namespace cm::topology {

using sim::config::Reader;

namespace {

constexpr sim::config::Key KindKey{"kind", "shape of the fabric, which has keys of its own"};

}  // namespace

std::span<const FabricKind> fabric_kinds()
{
  static const std::vector<FabricKind> Kinds = [] {
    std::vector<FabricKind> rows;
    for (const auto row : FabricRows)
      rows.push_back(row());
    return rows;
  }();
  return Kinds;
}

const FabricKind& read_kind(Reader& fabric)
{
  const std::span<const FabricKind> kinds = fabric_kinds();
  const FabricKind* kind = &kinds.front();
  fabric.choice_of_row<FabricKind>(KindKey, kind, kinds);
  return *kind;
}

bool is_clos(const FabricKind& kind)
{
  return kind.name == fabric_kinds().front().name;
}

bool is_clos(const FabricPlan& plan)
{
  return plan.kind == fabric_kinds().front().name;
}

bool names_clos(Reader& fabric)
{
  if (!fabric.has(KindKey.name))
    return true;
  const sim::config::Value* const word = fabric.value(KindKey, false);
  return word->text == fabric_kinds().front().name;
}

FabricPlan read_fabric(Reader& fabric, const FabricKind& kind, const FabricSite& site)
{
  bool joins_nodes = true;
  fabric.choice({"joins", "whether one fabric joins all nodes, or each node has one"}, joins_nodes,
                {{"machine", true}, {"node", false}});
  if (joins_nodes)
    return kind.read(fabric, site);
  const FabricPlan one = kind.read(fabric, {1, site.dies_per_node, site.cpus_per_node});
  return one.is_complete() ? repeat_in_nodes(one, site.nodes) : FabricPlan{};
}

}  // namespace cm::topology

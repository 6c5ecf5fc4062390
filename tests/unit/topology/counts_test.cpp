#include "tests/unit/topology/machines.h"
#include "topology/checks/counts.h"

#include <catch2/catch.hpp>

using namespace cm::topology;

TEST_CASE("the full machine has the published counts")
{
  const MachineCounts counts = count_machine(Supernode(test::full_spec()).graph());
  CHECK(counts == MachineCounts{.nodes = 48,
                                .npus = 384,
                                .dies = 768,
                                .cpus = 192,
                                .l1_switches = 336,
                                .l2_switches = 112,
                                .l1_l2_links = 5376,
                                .rdma_nics = 768,
                                .qingtian_cards = 48});
}

TEST_CASE("renaming nodes changes no count")
{
  const Graph graph = Supernode(test::small_spec()).graph();
  const auto seed = GENERATE(1U, 2U, 3U);
  CAPTURE(seed);
  CHECK(count_machine(test::renamed(graph, 3, seed)) == count_machine(graph));
}

#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/slurm/slurm_handover.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <vector>

using namespace cm::tools;

namespace {

std::vector<PointChunk> waiting(const SlurmHandover& handover)
{
  return {handover.waiting().begin(), handover.waiting().end()};
}

}  // namespace

TEST_CASE("points wait in chunks of one task each, later ones behind")
{
  const ExecutorSpec spec;
  SlurmHandover handover(spec, "program");
  const std::vector<std::size_t> first{4, 5, 6, 7, 8};
  const std::vector<std::size_t> lost{1};
  handover.add(first, 2);
  handover.add(lost, 3);
  CHECK(waiting(handover) == std::vector<PointChunk>{{4, 5}, {6, 7}, {8}, {1}});
}

TEST_CASE("a computer without sbatch is told, and nothing is asked while nothing waits")
{
  const cm::tests::TemporaryFolder temporary;
  ::setenv("PATH", temporary.path().c_str(), 1);
  SweepPlan plan;
  plan.points.resize(1);
  plan.points.front().digest = "a00000000000";
  const SweepFolder folder(temporary.file("out"));
  std::filesystem::create_directories(temporary.file("out/slurm"));
  cm::sim::metrics::NoProgress silent;
  const SweepBoard board(plan, folder, std::vector<std::optional<PointRecord>>(1), silent);
  ExecutorSpec spec;
  spec.config_root = "configs";
  SlurmHandover handover(spec, "program");
  CHECK_FALSE(handover.hand_over(0, board));
  const std::vector<std::size_t> points{0};
  handover.add(points, 1);
  CHECK_THROWS_WITH(handover.hand_over(0, board), Catch::Contains("sbatch"));
  CHECK(waiting(handover).size() == 1);
}

// Points as processes on this computer, and the board that they report to.
#include "tests/unit/sim/temporary_folder.h"
#include "tools/sweep_points/local_executor.h"
#include "tools/sweep_points/point_process.h"
#include "tools/sweep_points/sweep_board.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <thread>

using namespace cm::tools;

namespace {

class ToldProgress final : public cm::sim::metrics::Progress {
 public:
  void update(double share, std::string_view what) override
  {
    last_share = share;
    last = what;
  }

  double last_share = -1;
  std::string last;
};

// Two transfers of a few bytes, and a point whose scenario is not there.
class Points {
 public:
  Points() : folder(temporary.file("out"))
  {
    std::filesystem::create_directories(temporary.file("out/points"));
    add("p2p", {});
    add("nowhere", {});
    add("p2p", {"workload.bytes=1 KiB"});
    for (std::size_t i = 0; i < plan.points.size(); ++i)
      plan.points[i].digest = "00000000000" + std::to_string(i);
  }

  [[nodiscard]] SweepBoard board(SweepBoard::Table table = SweepBoard::Table::Written)
  {
    return {plan, folder, std::vector<std::optional<PointRecord>>(plan.points.size()), told, table};
  }

  cm::tests::TemporaryFolder temporary;
  SweepFolder folder;
  SweepPlan plan;
  ToldProgress told;

 private:
  void add(const std::string& scenario, const std::vector<std::string>& sets)
  {
    const std::string root = CM_SOURCE_DIR "/configs";
    SweepPoint point;
    point.base = scenario;
    point.request = {.path = root + "/scenarios/" + scenario + ".yaml", .sets = sets, .seed = {}, .config_root = root};
    plan.points.push_back(point);
  }
};

}  // namespace

TEST_CASE("every point that runs here has a record, and one that cannot run says why")
{
  Points points;
  SweepBoard board = points.board();
  CHECK(LocalExecutor(2).run(board.missing(), board) == 0);
  CHECK(board.counts().done == 2);
  CHECK(board.counts().failed == 1);
  CHECK(board.missing().empty());
  CHECK(board.records().at(0)->status == PointStatus::Done);
  CHECK_FALSE(board.records().at(0)->numbers.empty());
  CHECK_THAT(board.records().at(1)->reason, Catch::Contains("nowhere.yaml"));
  CHECK(board.records().at(2)->status == PointStatus::Done);
}

TEST_CASE("only the points that are asked for run")
{
  Points points;
  SweepBoard board = points.board();
  const std::vector<std::size_t> asked{1};
  LocalExecutor(1).run(asked, board);
  CHECK(board.missing() == std::vector<std::size_t>{0, 2});
}

TEST_CASE("a process that cannot write its point says why")
{
  const Points points;
  const SignalWatch signals;
  PointProcess process(points.plan.points.at(0), points.temporary.file("nowhere/point.json"), signals);
  while (!process.has_ended())
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK_THAT(process.trouble(), Catch::StartsWith("ended with status 1: ") && Catch::Contains("nowhere/point.json"));
}

TEST_CASE("the board takes no file of another configuration")
{
  Points points;
  SweepBoard board = points.board();
  SweepPoint other = points.plan.points.at(0);
  other.digest = "000000000009";
  points.folder.write("points/" + file_name(1, points.plan.points.at(0)),
                      undone_point(other, PointStatus::Refused, "too big"));
  CHECK_FALSE(board.take(0));
  CHECK(board.missing().size() == 3);
  points.folder.write("points/" + file_name(1, points.plan.points.at(0)),
                      undone_point(points.plan.points.at(0), PointStatus::Refused, "too big"));
  CHECK(board.take(0));
  CHECK(board.counts().refused == 1);
}

TEST_CASE("who watches is told counts, and the table is written where it is the board's business")
{
  Points points;
  const bool is_written = GENERATE(true, false);
  SweepBoard board = points.board(is_written ? SweepBoard::Table::Written : SweepBoard::Table::Left);
  points.folder.write("points/" + file_name(2, points.plan.points.at(1)),
                      undone_point(points.plan.points.at(1), PointStatus::Refused, "too big"));
  REQUIRE(board.take(1));
  board.show("2 running");
  CHECK(points.told.last == "1 of 3 done, 2 running, 0 failed, 1 refused");
  CHECK(points.told.last_share == Approx(1.0 / 3));
  CHECK(std::filesystem::exists(points.folder.file("results.csv")) == is_written);
}

TEST_CASE("this process may use at least one core")
{
  CHECK(usable_cores() >= 1);
}

#include "tests/unit/sim/temporary_folder.h"
#include "tools/sweep_points/point_record.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

namespace {

SweepPoint some_point()
{
  SweepPoint point;
  point.base = "ep";
  point.labels = {{"workload.ep", "8"}};
  point.digest = "0123";
  return point;
}

}  // namespace

TEST_CASE("what a point's file says is read back")
{
  const cm::tests::TemporaryFolder folder;
  cm::sim::metrics::Result result;
  result.add({"tpot_ms", "ms", cm::sim::metrics::Better::Lower, "a meaning", "a formula"}, 0.1 + 0.2);
  cm::sim::metrics::Histogram histogram("us");
  histogram.record(2);
  result.histograms.push_back({"rank_wait_us", histogram});
  result.notes = {"a note", "another"};
  const auto record = read_point(folder.with("done.json", done_point(some_point(), result)));
  REQUIRE(record);
  CHECK(record->status == PointStatus::Done);
  CHECK(record->digest == "0123");
  CHECK(record->notes == std::vector<std::string>{"a note", "another"});
  REQUIRE(record->numbers.size() == 4);
  CHECK(record->numbers[0] == std::pair<std::string, double>("tpot_ms", 0.1 + 0.2));
  CHECK(record->numbers[1].first == "rank_wait_mean_us");
  CHECK(record->numbers[3].first == "rank_wait_p99_us");
}

TEST_CASE("a histogram of nothing has no numbers, in points of earlier versions either")
{
  const cm::tests::TemporaryFolder folder;
  cm::sim::metrics::Result result;
  result.histograms.push_back({"ttft_ms", cm::sim::metrics::Histogram("ms")});
  std::string text = done_point(some_point(), result);
  CHECK(read_point(folder.with("now.json", text))->numbers.empty());
  const std::string count = "\"count\": 0,";
  text.insert(text.find(count) + count.size(), " \"mean\": 0, \"p50\": 0, \"p99\": 0,");
  CHECK(read_point(folder.with("before.json", text))->numbers.empty());
}

TEST_CASE("a point without a result has its reason")
{
  const cm::tests::TemporaryFolder folder;
  const auto refused = read_point(folder.with("r.json", undone_point(some_point(), PointStatus::Refused, "too big")));
  REQUIRE(refused);
  CHECK(refused->status == PointStatus::Refused);
  CHECK(refused->reason == "too big");
  CHECK(refused->is_finished());
  const auto failed = read_point(folder.with("f.json", undone_point(some_point(), PointStatus::Failed, "crash")));
  REQUIRE(failed);
  CHECK_FALSE(failed->is_finished());
}

TEST_CASE("what is no file of a point is no record")
{
  const cm::tests::TemporaryFolder folder;
  CHECK_FALSE(read_point(folder.file("missing.json")));
  CHECK_FALSE(read_point(folder.with("half.json", "{\"schema\": \"cmsim-point/1\", ")));
  CHECK_FALSE(read_point(folder.with("other.json", "{\"schema\": \"cmsim-result/1\"}")));
  CHECK_FALSE(read_point(folder.with("list.json", "[1]")));
  CHECK_FALSE(read_point(folder.with("status.json", R"({"schema": "cmsim-point/1", "point": {"status": "gone"}})")));
  CHECK_FALSE(read_point(folder.with("point.json", R"({"schema": "cmsim-point/1", "point": 3})")));
}

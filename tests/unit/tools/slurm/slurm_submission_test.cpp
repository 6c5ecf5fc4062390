#include "tests/unit/sim/temporary_folder.h"
#include "tools/slurm/slurm_submission.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

namespace {

// A sweep of five points.
struct Sweep {
  Sweep() : folder(temporary.file("out"))
  {
    for (const std::string digest : {"a", "b", "c", "d", "e"}) {
      plan.points.emplace_back();
      plan.points.back().digest = digest;
    }
  }

  [[nodiscard]] SweepBoard board() { return {plan, folder, std::vector<std::optional<PointRecord>>(5), silent}; }

  cm::tests::TemporaryFolder temporary;
  SweepPlan plan;
  SweepFolder folder;
  cm::sim::metrics::NoProgress silent;
};

}  // namespace

TEST_CASE("points are handed over in chunks, and read back")
{
  Sweep sweep;
  const std::vector<std::vector<std::size_t>> points{{0, 1, 3}, {4}};
  SlurmSubmission submission = submission_of(points, sweep.board());
  submission.program = std::string("p");
  REQUIRE(submission.chunks.size() == 2);
  CHECK(submission.chunks[1].front().digest == "e");
  const auto read = read_submission(sweep.temporary.with("s.json", to_json(submission)));
  REQUIRE(read);
  CHECK(read->program == "p");
  CHECK(read->points() == points);
  CHECK(to_json(*read) == to_json(submission));
}

TEST_CASE("a submission is current while its points and the program are")
{
  Sweep sweep;
  SlurmSubmission submission = submission_of({{1}, {4}}, sweep.board());
  submission.program = std::string("p");
  CHECK(is_current(submission, sweep.board(), "p"));
  CHECK_FALSE(is_current(submission, sweep.board(), "q"));
  sweep.plan.points[4].digest = std::string("x");
  CHECK_FALSE(is_current(submission, sweep.board(), "p"));
  submission.chunks[1][0] = {5, "x"};
  CHECK_FALSE(is_current(submission, sweep.board(), "p"));
}

TEST_CASE("what is no submission is told with its place")
{
  const cm::tests::TemporaryFolder folder;
  CHECK_FALSE(read_submission(folder.file("missing")));
  const auto refusal = [&](const std::string& content, const std::string& words) {
    INFO(content);
    CHECK_THROWS_WITH(read_submission(folder.with("job-1.json", content)), Catch::Contains("job-1.json:" + words));
  };
  const std::string head = R"({"schema": "cmsim-slurm/1", "program": "p", )";
  refusal("{", "1:2: expected a key in quotes");
  refusal(R"({"schema": 3})", "1:12: schema: expected a text, found 3");
  refusal(R"({"schema": "theirs/1"})", "1:12: schema: expected \"cmsim-slurm/1\"");
  refusal(R"({"schema": "cmsim-slurm/1", "program": [], "chunks": []})",
          "1:40: program: expected a text, found a list");
  refusal(head + "\"x\": 1}", "1:1: chunks: expected a list, found no such key");
  refusal(head + "\"chunks\": [[[0]]]}", "1:57: chunks.0.0: expected a point's number and its digest");
  refusal(head + "\"chunks\": [3]}", "1:56: chunks.0: expected a list, found 3");
  refusal(head + "\"chunks\": [[[-1, \"a\"]]]}", "1:58: chunks.0.0.0: expected a whole number of at least 0, found -1");
  refusal(head + "\"chunks\": [[[1e999, \"a\"]]]}", "1:58: expected a number of at most 1.8e308");
}

// A sweep from its file to its table, and the places where its points may run.
#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/sweep/executor_table.h"
#include "tools/sweep/sweep.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace cm::tools;
using cm::tests::content_of;
using cm::tests::TemporaryFolder;

namespace {

// Transfers of two sizes, with two seeds each.
const std::string Text = "bases: [{scenario: p2p}]\naxes: [{workload.bytes: [512 B, 1 KiB]}]\nseeds: [1, 2]\n";

SweepOutcome run(const TemporaryFolder& folder, const std::string& text, bool is_resumed,
                 std::string* notices = nullptr)
{
  SweepRequest request;
  request.execution.sweep = folder.with("w.yaml", text);
  request.execution.config_root = CM_SOURCE_DIR "/configs";
  request.execution.jobs = 2;
  request.execution.notice = [notices](const std::string& notice) {
    if (notices != nullptr)
      *notices += notice + "\n";
  };
  request.out = folder.file("out");
  request.is_resumed = is_resumed;
  cm::sim::metrics::NoProgress silent;
  return run_sweep(request, silent);
}

}  // namespace

TEST_CASE("a sweep runs its points and writes their table, and keeps them when it is resumed")
{
  const TemporaryFolder folder;
  const SweepOutcome outcome = run(folder, Text, false);
  CHECK(outcome.points == 4);
  CHECK(outcome.kept == 0);
  CHECK(outcome.counts.done == 4);
  CHECK(outcome.stop_signal == 0);
  const std::string table = content_of(folder.file("out/results.csv"));
  CHECK(std::ranges::count(table, '\n') == 5);
  CHECK(std::filesystem::exists(folder.file("out/run.log")));
  const SweepOutcome again = run(folder, Text, true);
  CHECK(again.kept == 4);
  CHECK(again.counts.done == 4);
  CHECK(content_of(folder.file("out/results.csv")) == table);
}

TEST_CASE("a resumed sweep says that points changed, and runs those alone")
{
  const TemporaryFolder folder;
  run(folder, Text, false);
  std::string notices;
  const SweepOutcome outcome = run(
      folder, "bases: [{scenario: p2p}]\naxes: [{workload.bytes: [512 B, 2 KiB]}]\nseeds: [1, 2]\n", true, &notices);
  CHECK(outcome.kept == 2);
  CHECK(outcome.counts.done == 4);
  CHECK_THAT(notices, Catch::Contains("2 points changed or went since this sweep ran"));
}

TEST_CASE("a sweep that is wrong leaves no folder")
{
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(run(folder, "bases: [{scenario: p2p}]\naxes: [{workload.byts: [512 B]}]\n", false),
                    Catch::Contains("workload.byts"));
  CHECK_FALSE(std::filesystem::exists(folder.file("out")));
}

TEST_CASE("every place where points run has a name of its own and can be made")
{
  std::vector<std::string_view> names;
  for (const ExecutorKind& kind : executor_table()) {
    names.push_back(kind.name);
    CHECK_FALSE(kind.sentence.empty());
    ExecutorSpec spec;
    CHECK(kind.make(spec) != nullptr);
  }
  std::ranges::sort(names);
  CHECK(std::ranges::adjacent_find(names) == names.end());
  CHECK(std::ranges::binary_search(names, SweepRequest().executor));
}

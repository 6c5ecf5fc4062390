#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/processes/child_runs.h"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

using namespace cm::tools;
using cm::tests::TemporaryFolder;

namespace {

// A program that is called as cmsim is, and does what the name of its scenario says.
class Stand {
 public:
  Stand()
  {
    folder_.put("cmsim", "#!/bin/sh\nfor last; do :; done\ncase $last in\n"
                         "good) echo \"{\\\"metrics\\\":{}}\" ;;\nrefused) echo 'a.yaml:1:1: wrong' >&2; exit 2 ;;\n"
                         "crashed) kill -s SEGV $$ ;;\nslow) exec sleep 60 ;;\nesac\n");
    std::filesystem::permissions(folder_.file("cmsim"), std::filesystem::perms::owner_all);
  }

  [[nodiscard]] ChildRunsSpec spec(int jobs = 1) const { return {.jobs = jobs, .program = folder_.file("cmsim")}; }

 private:
  TemporaryFolder folder_;
};

ChildRun run_of(const std::string& scenario)
{
  return {.origin = "table.csv:2:1: row " + scenario,
          .title = scenario,
          .scenario = scenario,
          .config_root = "configs",
          .seed = {},
          .settings = {},
          .sets = {}};
}

// Keeps what it is told.
class Told final : public cm::sim::metrics::Progress {
 public:
  void update(double done, std::string_view what) override
  {
    share = done;
    lines.emplace_back(what);
  }

  double share = 0;
  std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("a run that fails keeps the others and tells why")
{
  const Stand stand;
  Told told;
  ChildRuns children(stand.spec(2), told);
  const auto outcomes = children.run({run_of("refused"), run_of("good"), run_of("good")});
  CHECK(outcomes[0].end == ChildEnd::Refused);
  CHECK(outcomes[0].reason == "table.csv:2:1: row refused: refused is refused\na.yaml:1:1: wrong");
  CHECK(outcomes[1].end == ChildEnd::Done);
  CHECK(outcomes[2].output == "{\"metrics\":{}}\n");
  CHECK(children.shortfall().failed == 1);
  CHECK(children.shortfall().status() == 2);
  CHECK_THROWS_AS(throw_failures(children.shortfall()), cm::ConfigError);
  CHECK_THAT(partial_text(children.shortfall(), 2, nullptr),
             Catch::StartsWith("PARTIAL: 1 run failed; what is told rests on 2 finished runs\nfailed: table.csv:2:1:"));
  CHECK_THAT(told.lines.front(), Catch::Equals("0 of 3 runs finished, 2 at work: refused"));
}

TEST_CASE("a crash of a run is our mistake")
{
  const Stand stand;
  cm::sim::metrics::NoProgress silent;
  ChildRuns children(stand.spec(), silent);
  const auto outcomes = children.run({run_of("crashed")});
  CHECK(outcomes[0].end == ChildEnd::Crashed);
  CHECK(children.shortfall().status() == 3);
  CHECK_THROWS_AS(throw_failures(children.shortfall()), cm::SimulationError);
}

TEST_CASE("a watch that sees no use in further runs ends them")
{
  const Stand stand;
  cm::sim::metrics::NoProgress silent;
  ChildRuns children(stand.spec(2), silent);
  const auto outcomes = children.run({run_of("refused"), run_of("slow"), run_of("good")},
                                     [](std::size_t run, const ChildOutcome& /*outcome*/) { return run != 0; });
  CHECK(outcomes[0].end == ChildEnd::Refused);
  CHECK(outcomes[1].end == ChildEnd::NotRun);
  CHECK(outcomes[2].end == ChildEnd::NotRun);
}

TEST_CASE("Ctrl-C ends what runs and keeps what is finished")
{
  const Stand stand;
  cm::sim::metrics::NoProgress silent;
  ChildRuns children(stand.spec(), silent);
  const auto outcomes =
      children.run({run_of("good"), run_of("slow")}, [](std::size_t /*run*/, const ChildOutcome& /*outcome*/) {
        ::kill(::getpid(), SIGINT);
        return true;
      });
  CHECK(outcomes[0].end == ChildEnd::Done);
  CHECK(outcomes[1].end == ChildEnd::NotRun);
  CHECK(children.shortfall().status() == 130);
  // Later runs of the command do not take place either.
  CHECK(children.run({run_of("good")})[0].end == ChildEnd::NotRun);
}

TEST_CASE("the share counts the runs of all calls that are expected")
{
  const Stand stand;
  Told told;
  ChildRuns children(stand.spec(), told);
  children.expect(4);
  children.run({run_of("good")});
  children.run({run_of("good")});
  CHECK(children.ended() == 2);
  CHECK(told.share == 0.25);
}

#include "sim/diagnostics/errors.h"
#include "tools/command_line/command_line.h"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace cm::tools;

namespace {

// A program with the command `run` and its shared options.
class Program {
 public:
  Program()
  {
    app_.require_subcommand(1);
    request.config_root = CM_SOURCE_DIR "/configs";
    CLI::App& run = *app_.add_subcommand("run", "simulates a scenario");
    add_scenario_options(run, request);
    add_placed_settings(run, request);
    add_seed_option(run, request);
    add_jobs_option(run, jobs);
    add_format_option(run, format);
  }

  // The complaint about a command line; empty when it is fine.
  std::string parse(const std::string& line)
  {
    try {
      app_.parse(line);
      return {};
    } catch (const CLI::ParseError& error) {
      return explain(app_, error);
    }
  }

  ScenarioRequest request;
  int jobs = 1;
  std::string format = "table";

 private:
  CLI::App app_{"a program", "cmsim"};
};

}  // namespace

TEST_CASE("shared options fill the request")
{
  Program program;
  CHECK(program.parse("run ep.yaml --set workload.ep=8 --set seed=2 --seed 18446744073709551615 --jobs 4").empty());
  CHECK(program.request.path == "ep.yaml");
  CHECK(program.request.sets == std::vector<std::string>{"workload.ep=8", "seed=2"});
  CHECK(program.request.seed == 18'446'744'073'709'551'615U);
  CHECK(program.jobs == 4);
}

TEST_CASE("a setting takes one word, and what stands behind it is the scenario")
{
  Program program;
  CHECK(program.parse("run --set workload.ep=8 ep.yaml").empty());
  CHECK(program.request.path == "ep.yaml");
}

TEST_CASE("a seed is a whole number of at least 0")
{
  Program program;
  const std::string seed = GENERATE("-1", "1.5", "x", "18446744073709551616");
  CHECK_THAT(program.parse("run ep.yaml --seed=" + seed),
             Catch::Contains("expected an integer of at least 0, found \"" + seed + "\""));
}

TEST_CASE("a mistake in a command line is told with the nearest word and where help is")
{
  Program program;
  CHECK(program.parse("runn ep.yaml") ==
        "cmsim: unknown subcommand \"runn\"; did you mean \"run\"? (try cmsim --help)");
  CHECK(program.parse("run ep.yaml --sead=1") ==
        "cmsim: unknown option \"--sead=1\"; did you mean \"--seed\"? (try cmsim run --help)");
  CHECK(program.parse("run ep.yaml more") == "cmsim: unexpected argument \"more\" (try cmsim run --help)");
  CHECK(program.parse("") == "cmsim: expected a subcommand: run (try cmsim --help)");
  CHECK_THAT(program.parse("run ep.yaml --jobs 0"), Catch::Contains("--jobs"));
  CHECK_THAT(program.parse("run ep.yaml --format csv"), Catch::Contains("csv"));
}

TEST_CASE("a setting with its place keeps the place")
{
  Program program;
  const PlacedSetting setting{.text = "workload.ep=8", .place = {.file = "rows.csv", .line = 3, .column = 7}};
  REQUIRE(program.parse("run ep.yaml --set-at " + to_argument(setting)).empty());
  REQUIRE(program.request.changes.size() == 1);
  CHECK(program.request.changes.front().path == "workload.ep");
  CHECK(program.request.changes.front().key_position.line == 3);
  CHECK_THROWS_AS(program.parse("run ep.yaml --set-at workload.ep=8"), cm::ConfigError);
}

TEST_CASE("a scenario that is called by its name is found among the shipped ones")
{
  ScenarioRequest request;
  request.path = "p2p";
  request.config_root = CM_SOURCE_DIR "/configs";
  locate_scenario(request);
  CHECK(request.name == "p2p");
  CHECK(std::filesystem::equivalent(request.path, CM_SOURCE_DIR "/configs/scenarios/p2p.yaml"));
  request.path = "no-such-scenario";
  CHECK_THROWS_AS(locate_scenario(request), cm::ConfigError);
}

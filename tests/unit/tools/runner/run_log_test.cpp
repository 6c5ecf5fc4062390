#include "tools/runner/run_log.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

std::vector<std::string> lines_of(const std::string& text)
{
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("the log of a run has what may differ between equal runs, a line each")
{
  const auto lines = lines_of(cm::tools::run_log(std::chrono::system_clock::now() - 90s, "my scenario.yaml"));
  REQUIRE(lines.size() == 8);
  CHECK_THAT(lines[0], Catch::StartsWith("version: cmsim "));
  // The name of the program, however it was found.
  CHECK_THAT(lines[1], Catch::StartsWith("command: cmsim "));
  CHECK(lines[2] == "folder: " + std::filesystem::current_path().string());
  CHECK(lines[3] == "scenario: my scenario.yaml");
  CHECK_THAT(lines[4], Catch::StartsWith("host: "));
  CHECK_THAT(lines[7], Catch::StartsWith("wall_time_s: 90."));
}

TEST_CASE("times stand in the log in UTC")
{
  const auto lines = lines_of(cm::tools::run_log(std::chrono::system_clock::time_point(86'400s + 3'661s), "s.yaml"));
  CHECK(lines.at(5) == "started: 1970-01-02T01:01:01Z");
}

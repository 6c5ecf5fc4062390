#include "tests/unit/sim/temporary_folder.h"
#include "tools/processes/run_journal.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using namespace cm::tools;
using cm::tests::content_of;
using cm::tests::TemporaryFolder;

namespace {

constexpr const char* Output =
    R"({"metrics":{"tpot_ms":{"value":5.0,"unit":"ms"}},"histograms":{"ttft_ms":{"p99":7.0,"buckets":[[1,2,3]]}},)"
    R"("series":{},"tables":{}})";
constexpr const char* Kept =
    R"({"metrics":{"tpot_ms":{"value":5.0,"unit":"ms"}},"histograms":{"ttft_ms":{"p99":7.0,"buckets":[[1,2,3]]}}})";

}  // namespace

TEST_CASE("a journal has the runs of an earlier call")
{
  const TemporaryFolder folder;
  RunJournal first(folder.file(""));
  CHECK_FALSE(first.find("a"));
  first.add("a", Output);
  first.add("b", Output);
  first.add("", Output);
  CHECK(first.find("a"));
  CHECK(first.reused() == 0);
  RunJournal second(folder.file(""));
  CHECK(second.size() == 2);
  CHECK(second.find("b") == Kept);
  CHECK(second.reused() == 1);
  CHECK(content_of(second.path()) == second.text());
  second.remove();
  CHECK_FALSE(std::filesystem::exists(second.path()));
}

TEST_CASE("a line that was cut off is no run and does not spoil the next one")
{
  const TemporaryFolder folder;
  RunJournal first(folder.file(""));
  first.add("a", Output);
  std::ofstream(first.path(), std::ios::app) << R"({"run":"b","result":{"metr)";
  RunJournal second(folder.file(""));
  CHECK(second.size() == 1);
  second.add("c", Output);
  CHECK(RunJournal(folder.file("")).size() == 2);
}

TEST_CASE("a file of another kind is no journal")
{
  const TemporaryFolder folder;
  folder.put(std::string(RunJournal::FileName), "{\"run\":\"a\",\"result\":{}}\n");
  CHECK(RunJournal(folder.file("")).size() == 0);
}

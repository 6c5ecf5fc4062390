#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/compare/revisions.h"
#include "tools/processes/system_command.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

using namespace cm::tools;
using cm::tests::content_of;
using cm::tests::TemporaryFolder;

namespace {

// A repository whose tools/cmsim says which revision it is of, instead of building one.
class TwoRevisions {
 public:
  TwoRevisions()
  {
    git({"init", "--quiet"});
    commit("one");
    git({"tag", "v1"});
    commit("two");
    folder_.put("a/s.yaml", "machine: small\n");
    folder_.put("b/s.yaml", "machine: small\n");
  }

  void commit(const std::string& word)
  {
    folder_.put("repository/tools/cmsim", "#!/bin/sh\nmkdir -p \"$4\" && echo " + word +
                                              " \"$@\" >\"$4/result.json\"\n[ " + word + " != broken ]\n");
    folder_.put("repository/.gitignore", "/build/\n");
    namespace fs = std::filesystem;
    fs::permissions(repository() + "/tools/cmsim", fs::perms::owner_all);
    git({"add", "."});
    git({"commit", "--quiet", "--message", word});
  }

  [[nodiscard]] std::string repository() const { return folder_.file("repository"); }

  [[nodiscard]] RevisionRequest request(const std::string& from, const std::string& to) const
  {
    return {.repository = repository(),
            .old_revision = from,
            .new_revision = to,
            .scenarios = {folder_.file("a/s.yaml"), folder_.file("b/s.yaml")},
            .sets = {"workload.ep=8"}};
  }

 private:
  void git(const std::vector<std::string>& arguments)
  {
    std::filesystem::create_directories(repository());
    std::vector<std::string> call{"git",
                                  "-C",
                                  repository(),
                                  "-c",
                                  "user.name=test",
                                  "-c",
                                  "user.email=test@example.org",
                                  "-c",
                                  "commit.gpgsign=false"};
    call.insert(call.end(), arguments.begin(), arguments.end());
    REQUIRE(run_command(call).status == 0);
  }

  TemporaryFolder folder_;
};

RevisionResults run(const std::string& from, const std::string& to, const TwoRevisions& revisions)
{
  cm::sim::metrics::NoProgress silent;
  return run_revisions(revisions.request(from, to), silent);
}

}  // namespace

TEST_CASE("both revisions run the same scenarios with the same changes")
{
  const TwoRevisions revisions;
  const RevisionResults results = run("v1", "HEAD", revisions);
  for (const char* name : {"s", "s-2"}) {
    const std::string before = content_of(results.old_folder + "/" + name + "/result.json");
    const std::string now = content_of(results.new_folder + "/" + name + "/result.json");
    CHECK_THAT(before, Catch::StartsWith("one run ") && Catch::EndsWith("--set workload.ep=8\n"));
    CHECK_THAT(now, Catch::StartsWith("two run ") && Catch::Contains("/s.yaml --out "));
  }
}

TEST_CASE("the next comparison checks out other revisions in the same places")
{
  TwoRevisions revisions;
  run("v1", "HEAD", revisions);
  revisions.commit("three");
  const RevisionResults results = run("HEAD~1", "HEAD", revisions);
  CHECK_THAT(content_of(results.old_folder + "/s/result.json"), Catch::StartsWith("two "));
  CHECK_THAT(content_of(results.new_folder + "/s/result.json"), Catch::StartsWith("three "));
}

TEST_CASE("worktrees that somebody removed are made again")
{
  const TwoRevisions revisions;
  run("v1", "HEAD", revisions);
  std::filesystem::remove_all(revisions.repository() + "/build");
  CHECK_THAT(content_of(run("v1", "HEAD", revisions).old_folder + "/s/result.json"), Catch::StartsWith("one "));
}

TEST_CASE("revisions and scenarios that do not exist are told at once, before anything is built")
{
  const TwoRevisions revisions;
  cm::sim::metrics::NoProgress silent;
  RevisionRequest request = revisions.request("v0", "--help");
  request.scenarios.emplace_back("absent.yaml");
  CHECK_THROWS_WITH(run_revisions(request, silent),
                    Catch::Contains("found \"v0\"") && Catch::Contains("found \"--help\"") &&
                        Catch::Contains("expected a branch, a tag or a commit") &&
                        Catch::Contains("absent.yaml:1:1: expected the file of a scenario"));
  CHECK_FALSE(std::filesystem::exists(revisions.repository() + "/build"));
}

TEST_CASE("why git refuses is told in its words")
{
  const TemporaryFolder folder;
  folder.put("s.yaml", "machine: small\n");
  const RevisionRequest request{.repository = folder.file(""),
                                .old_revision = "v1",
                                .new_revision = "HEAD",
                                .scenarios = {folder.file("s.yaml")},
                                .sets = {}};
  cm::sim::metrics::NoProgress silent;
  CHECK_THROWS_WITH(run_revisions(request, silent), Catch::Contains("v1: git: not a git repository"));
}

TEST_CASE("a revision that fails is named")
{
  TwoRevisions revisions;
  revisions.commit("broken");
  CHECK_THROWS_WITH(run("v1", "HEAD", revisions),
                    Catch::Contains("revision HEAD: cmsim run") && Catch::Contains("ended with status 1"));
}

TEST_CASE("who waits is told which run of which revision it is, and what the build says")
{
  class Told final : public cm::sim::metrics::Progress {
   public:
    void update(double share, std::string_view what) override
    {
      shares.push_back(share);
      lines.emplace_back(what);
    }
    std::vector<double> shares;
    std::vector<std::string> lines;
  };
  TwoRevisions revisions;
  revisions.commit("slow; echo '[1/2] Building' >&2; sleep 0.5; echo");
  Told told;
  run_revisions(revisions.request("v1", "HEAD"), told);
  CHECK_THAT(told.lines.front(), Catch::StartsWith("run 1 of 4, old (v1): "));
  CHECK_THAT(told.lines.back(), Catch::StartsWith("run 4 of 4, new (HEAD): ") && Catch::EndsWith(": [1/2] Building"));
  CHECK(told.shares.front() == 0);
  CHECK(told.shares.back() == 0.875);
}

TEST_CASE("the words of a revision that fails stand behind it")
{
  TwoRevisions revisions;
  revisions.commit("broken; echo 'no such compiler' >&2; exit 3; echo");
  CHECK_THROWS_WITH(run("v1", "HEAD", revisions), Catch::EndsWith("ended with status 3:\nno such compiler"));
}

TEST_CASE("the last forty lines of many words of a revision that fails are told, and no line is cut")
{
  TwoRevisions revisions;
  revisions.commit("broken; seq -f 'line %g' 100 >&2; exit 3; echo");
  CHECK_THROWS_WITH(run("v1", "HEAD", revisions), Catch::Contains("ended with status 3:\nline 61\nline 62\n") &&
                                                      Catch::EndsWith("\nline 99\nline 100"));
}

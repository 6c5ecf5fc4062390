// Groups of validation rows, from a folder of tables made here.
#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/validate/groups.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace cm::tools;
using cm::tests::TemporaryFolder;

namespace {

constexpr const char* Head = "row,scenario,set,metric,published,tolerance,class,source,reason\n";

std::string row(const std::string& name, const std::string& scenario)
{
  return name + "," + scenario + ",,latency_us,1.9,3 %,predicted,a table,\n";
}

// Folders of a project with one scenario, "known".
class Project {
 public:
  Project()
  {
    put("configs/scenarios/known.yaml", "{}\n");
    put("tests/validation/a-paper/p2p.csv", Head + row("one", "known"));
  }

  void put(const std::string& name, const std::string& content) { folder_.put(name, content); }

  [[nodiscard]] std::vector<ValidationGroup> groups() const
  {
    return read_groups(ProjectFolders::beside(folder_.file("configs")));
  }

 private:
  TemporaryFolder folder_;
};

const ValidationGroup& group(const std::vector<ValidationGroup>& groups, const std::string& name)
{
  const auto found = std::ranges::find(groups, name, &ValidationGroup::name);
  REQUIRE(found != groups.end());
  return *found;
}

std::string refusal(const Project& project)
{
  try {
    static_cast<void>(project.groups());
  } catch (const cm::ConfigError& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("the project's folders stand beside its configurations")
{
  const ProjectFolders folders = ProjectFolders::beside("/some/where/configs");
  CHECK(folders.configs == "/some/where/configs");
  CHECK(folders.validation == "/some/where/tests/validation");
  CHECK(folders.docs == "/some/where/docs");
}

TEST_CASE("rows of a group are those of all sources, in the order of their paths")
{
  Project project;
  project.put("tests/validation/b-paper/p2p.csv", Head + row("two", "known") + row("three", "known"));
  const auto groups = project.groups();
  const ValidationGroup& p2p = group(groups, "p2p");
  CHECK(p2p.is_built);
  REQUIRE(p2p.rows.size() == 3);
  CHECK(p2p.rows[0].name == "one");
  CHECK(p2p.rows[2].name == "three");
  CHECK_FALSE(p2p.sentence.empty());
}

TEST_CASE("a group without rows, or with a scenario that is still to come, is listed and not counted")
{
  Project project;
  project.put("tests/validation/a-paper/decode.csv", Head + row("now", "known") + row("later", "to-come"));
  const auto groups = project.groups();
  CHECK(group(groups, "prefill").rows.empty());
  CHECK_FALSE(group(groups, "prefill").is_built);
  CHECK(group(groups, "decode").rows.size() == 2);
  CHECK_FALSE(group(groups, "decode").is_built);
}

TEST_CASE("a table of no known group is a group of its own behind the others")
{
  Project project;
  project.put("tests/validation/a-paper/novel.csv", Head + row("one", "known"));
  const auto groups = project.groups();
  CHECK(groups.size() == group_table().size() + 1);
  CHECK(groups.back().name == "novel");
  CHECK(groups.back().is_built);
}

TEST_CASE("tables of other columns are not for validation")
{
  Project project;
  project.put("tests/validation/a-paper/profile.csv", "rank,load\n1,2\n");
  CHECK(project.groups().size() == group_table().size());
}

TEST_CASE("a path to a scenario that is not there is wrong, and all of them are told")
{
  Project project;
  project.put("tests/validation/a-paper/ep.csv",
              Head + row("one", "./gone.yaml") + row("two", "known") + row("three", "./away.yaml"));
  const std::string told = refusal(project);
  CHECK_THAT(told, Catch::Contains("ep.csv:2:1") && Catch::Contains("gone.yaml"));
  CHECK_THAT(told, Catch::Contains("ep.csv:4:1") && Catch::Contains("away.yaml"));
}

TEST_CASE("a project without rows is told so")
{
  const TemporaryFolder folder;
  CHECK_THROWS_AS(read_groups(ProjectFolders::beside(folder.file("configs"))), cm::ConfigError);
}

TEST_CASE("every group has its own name and a sentence")
{
  std::set<std::string_view> names;
  for (const GroupKind& kind : group_table()) {
    CHECK(names.insert(kind.name).second);
    CHECK_FALSE(kind.sentence.empty());
  }
}

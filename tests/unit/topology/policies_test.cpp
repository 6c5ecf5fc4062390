#include "sim/config/reader.h"
#include "topology/routing/policies.h"

#include <catch2/catch.hpp>

using namespace cm::topology;
using namespace cm::sim::config;

TEST_CASE("every routing word reads back as its policy")
{
  for (const auto& [word, choice] : SubPlaneChoiceWords)
    CHECK(to_text(choice) == word);
  for (const auto& [word, choice] : L2ChoiceWords)
    CHECK(to_text(choice) == word);
}

TEST_CASE("a configuration names routing policies by their words")
{
  const Value map = parse_text("test", "{sub_plane_choice: by-expert, l2_choice: least-queue}");
  ReadingLog log;
  Reader reader(map, "workload", log);
  SubPlaneChoice sub_plane = SubPlaneChoice::Spray;
  L2Choice l2 = L2Choice::Spray;
  reader.choice({"sub_plane_choice", "which sub-plane"}, sub_plane, SubPlaneChoiceWords);
  reader.choice({"l2_choice", "which L2 chip"}, l2, L2ChoiceWords);
  CHECK(log.problems.empty());
  CHECK(sub_plane == SubPlaneChoice::ByExpert);
  CHECK(l2 == L2Choice::LeastQueue);
}

TEST_CASE("a word that is no routing policy is reported")
{
  const Value map = parse_text("test", "{l2_choice: least-queu}");
  ReadingLog log;
  Reader reader(map, "workload", log);
  L2Choice l2 = L2Choice::Hash;
  reader.choice({"l2_choice", "which L2 chip"}, l2, L2ChoiceWords);
  REQUIRE(log.problems.size() == 1);
  CHECK_THAT(log.problems.front(), Catch::Contains("least-queue"));
  CHECK(l2 == L2Choice::Hash);
}

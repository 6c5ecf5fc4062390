#include "workloads/traces/problem_list.h"

#include <catch2/catch.hpp>

using namespace cm::workloads;

TEST_CASE("a list of problems tells ten, and how many more there are")
{
  const std::string path = "a.csv";
  ProblemList problems(path);
  CHECK(problems.empty());
  CHECK(problems.all().empty());
  for (int i = 0; i < 10; ++i)
    problems.add("problem " + std::to_string(i));
  CHECK_FALSE(problems.empty());
  CHECK(problems.all().size() == 10);
  CHECK(problems.all().back() == "problem 9");
  problems.add("problem 10");
  problems.add("problem 11");
  CHECK(problems.all().size() == 11);
  CHECK(problems.all().back() == "a.csv:1:1: and 2 more problems of this file");
}

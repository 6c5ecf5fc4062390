#include "tools/sweep/slurm_queue.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("tasks run, wait, or are held by Slurm itself")
{
  const JobState state =
      parse_states("RUNNING|None\nCOMPLETING|None\nPENDING|Resources\nPENDING|Priority\n"
                   "PENDING|launch failed requeued held\nPENDING|JobHeldAdmin\nPENDING|JobHeldUser\n");
  CHECK(state.running == 2);
  CHECK(state.waiting == 3);
  CHECK(state.held == 2);
  CHECK(state.reason == "Resources");
  CHECK_FALSE(state.is_over());
}

TEST_CASE("a job without tasks is over, one that Slurm says nothing of is not")
{
  CHECK(parse_states("").is_over());
  CHECK(parse_states("\n").is_over());
  JobState silent;
  silent.is_known = false;
  CHECK_FALSE(silent.is_over());
}

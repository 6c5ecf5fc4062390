#include "sim/diagnostics/errors.h"
#include "tools/slurm/slurm_answers.h"
#include "tools/slurm/slurm_queue.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

namespace {

Refusal refusal_of(const std::string& complaint)
{
  return refusal_in({.status = 1, .output = "", .complaint = complaint});
}

}  // namespace

TEST_CASE("tasks run, wait, or are held by Slurm itself")
{
  const JobState state =
      states_in("RUNNING|None\nCOMPLETING|None\nPENDING|Resources\nPENDING|Priority\n"
                "PENDING|launch failed requeued held\nPENDING|JobHeldAdmin\nPENDING|JobHeldUser\nREQUEUE_HOLD|None\n");
  CHECK(state.running == 2);
  CHECK(state.waiting == 3);
  CHECK(state.held == 3);
  CHECK(state.reason == "Resources");
  CHECK_FALSE(state.is_over());
}

TEST_CASE("a job without tasks is over, one that Slurm says nothing of is not")
{
  CHECK(states_in("").is_over());
  CHECK(states_in("\n").is_over());
  CHECK(states_in("COMPLETED|None\nFAILED|NonZeroExitCode\nNODE_FAIL|None\n").is_over());
  JobState silent;
  silent.is_known = false;
  CHECK_FALSE(silent.is_over());
}

TEST_CASE("lines of others among squeue's are no tasks")
{
  const JobState state = states_in("Welcome to foo | be nice\nCLUSTER: foo\n\n  RUNNING|None\r\nGoodbye|\n");
  CHECK(state.running == 1);
  CHECK(state.waiting + state.held == 0);
}

TEST_CASE("a job is known by either of sbatch's answers, with its cluster")
{
  CHECK(job_in("4711\n") == JobId{"4711", ""});
  CHECK(job_in("12;foo\n") == JobId{"12", "foo"});
  CHECK(job_in("Submitted batch job 12\n") == JobId{"12", ""});
  CHECK(job_in("Submitted batch job 12 on cluster foo-2.a\n") == JobId{"12", "foo-2.a"});
  CHECK(job_in("** quota: 80 % **\n\n 12;foo \r\nHave a nice day\n") == JobId{"12", "foo"});
  CHECK(job_in("2026\nSubmitted batch job 12\n") == JobId{"12", ""});
  CHECK(JobId{"12", "foo"}.text() == "12 of cluster foo");
}

TEST_CASE("what names no job, or several, is no answer")
{
  for (const char* text : {"", "\n", "0", "-5", "12;", ";foo", "12;-x", "12;a b", "1 2", "12345678901", "12\n13\n",
                           "Submitted batch job -uroot", "Submitted batch job 12 on cluster all of them"})
    CHECK_FALSE(job_in(text));
}

TEST_CASE("the name of a file becomes a job's number and a cluster, and nothing else")
{
  CHECK(job_of_file_text("12") == JobId{"12", ""});
  CHECK(job_of_file_text("12-foo-2") == JobId{"12", "foo-2"});
  CHECK(job_of_file_text(file_text({"12", "foo"})) == JobId{"12", "foo"});
  for (const char* text : {"", "-uroot", "12-", "12--all", "12 13", "0", "012", "12,13", "1e3", "12-foo,bar"})
    CHECK_FALSE(job_of_file_text(text));
}

TEST_CASE("limits are read from the cluster's configuration, and Slurm's defaults stay for what it does not tell")
{
  const SlurmLimits told = limits_in("Configuration data as of today\nMaxArraySize            = 500\n"
                                     "MaxJobCount             = 20000\nMaxArrayNote = 3\n"
                                     "SchedulerParameters     = bf_interval=1,max_array_tasks=200\n");
  CHECK(told.array == 200);
  CHECK(told.jobs == 20000);
  CHECK(limits_in("nothing of use").array == 1001);
  CHECK(limits_in("MaxArraySize = many").array == 1001);
  CHECK(limits_in("MaxArraySize = 50000\nMaxJobCount = 1000").array == 999);
  CHECK(limits_in("MaxArraySize = 0").array == 0);
}

TEST_CASE("a refusal says whether asking again may help, and what to do")
{
  CHECK(refusal_of("sbatch: error: Batch job submission failed: Invalid job array specification\n").kind ==
        RefusalKind::Array);
  CHECK(refusal_of("sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job "
                   "violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n")
            .kind == RefusalKind::Full);
  CHECK(refusal_of("sbatch: error: QOSMaxWallDurationPerJobLimit\nsbatch: error: Batch job submission failed: Job "
                   "violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n")
            .kind == RefusalKind::Permanent);
  CHECK(refusal_of("sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect "
                   "failure)\n")
            .kind == RefusalKind::Silent);
  const Refusal partition = refusal_of("Welcome\nsbatch: error: invalid partition specified: nowhere\nsbatch: error: "
                                       "Batch job submission failed: Invalid partition name specified\n");
  CHECK(partition.kind == RefusalKind::Permanent);
  CHECK(partition.reason == "invalid partition specified: nowhere; Batch job submission failed: Invalid partition name "
                            "specified");
  CHECK_THAT(partition.advice, Catch::Contains("--partition"));
  CHECK(refusal_of("sbatch: error: something new\n").kind == RefusalKind::Permanent);
  CHECK_THAT(refusal_in({.status = 0, .output = "Have a nice day\n", .complaint = ""}).reason,
             Catch::Contains("Have a nice day"));
}

TEST_CASE("options for sbatch are options, and leave the array to us")
{
  CHECK_NOTHROW(require_usable({"--account=ours", "-A", "ours", "--qos", "low", "--comment=$(x)", "-Mfoo"}));
  CHECK_THROWS_WITH(require_usable({"other.sh", "--array=0-3", "--account=a", "b", "--wrap=id", "-W"}),
                    Catch::Contains("found \"other.sh\"") && Catch::Contains("found \"--array=0-3\"") &&
                        Catch::Contains("found \"b\"") && Catch::Contains("found \"--wrap=id\"") &&
                        Catch::Contains("found \"-W\""));
}

#include "tools/slurm/slurm_retry.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using namespace std::chrono_literals;

namespace {

constexpr SlurmPace Slow{.look = 1ms, .first_retry = 1h, .last_retry = 2h, .patience = 0ms};

}  // namespace

TEST_CASE("a try is due until one fails, and after one that succeeds")
{
  SlurmRetry retry(Slow);
  CHECK(retry.is_due());
  retry.fail();
  CHECK_FALSE(retry.is_due());
  retry.succeed();
  CHECK(retry.is_due());
}

TEST_CASE("tries that fail for longer than the patience are hopeless")
{
  SlurmRetry retry(Slow);
  CHECK_FALSE(retry.is_hopeless());
  retry.fail();
  CHECK(retry.is_hopeless());
  retry.succeed();
  CHECK_FALSE(retry.is_hopeless());

  SlurmPace patient = Slow;
  patient.patience = 1h;
  SlurmRetry other(patient);
  other.fail();
  CHECK_FALSE(other.is_hopeless());
}

TEST_CASE("waiting while something of ours is at work is never hopeless")
{
  SlurmRetry retry(Slow);
  retry.fail();
  retry.wait();
  CHECK_FALSE(retry.is_due());
  CHECK_FALSE(retry.is_hopeless());
}

#include "tools/slurm/slurm_retry.h"

#include <algorithm>

namespace cm::tools {

void SlurmRetry::succeed()
{
  pause_ = {};
  next_ = {};
  failing_since_.reset();
}

void SlurmRetry::fail()
{
  const auto since = failing_since_.value_or(Clock::now());
  wait();
  failing_since_ = since;
}

void SlurmRetry::wait()
{
  pause_ = std::clamp(2 * pause_, pace_.first_retry, std::max(pace_.first_retry, pace_.last_retry));
  next_ = Clock::now() + pause_;
  failing_since_.reset();
}

}  // namespace cm::tools

#include "workloads/serving/instances/running_batch.h"

#include <algorithm>

namespace cm::workloads {

RunningBatch::RunningBatch(std::uint32_t dies, const Speculation& speculation)
    : speculation_(speculation), on_die_(dies)
{
}

void RunningBatch::begin_iteration()
{
  for (InFlight* request : joining_) {
    ++on_die_[request->rank];
    kv_tokens_ += request->kv_tokens();
    running_.push_back(request);
  }
  joining_.clear();
}

std::int64_t RunningBatch::end_iteration(Seconds now)
{
  std::int64_t tokens = 0;
  for (InFlight* request : running_)
    tokens += advance(*request, now);
  kv_tokens_ += tokens;
  return tokens;
}

// One token, and speculative ones as long as they are accepted.
std::int64_t RunningBatch::advance(InFlight& request, Seconds now) const
{
  std::int64_t tokens = 1;
  while (tokens <= speculation_.tokens && request.acceptance.uniform() < speculation_.acceptance)
    ++tokens;
  tokens = std::min(tokens, request.request.output_tokens - request.produced_tokens);
  const std::int64_t at = to_picoseconds(now).count();
  if (request.when(Milestone::Decoded) == 0)
    request.reach(Milestone::Decoded, now);
  if (request.produced_tokens == 0)
    request.first_token = at;
  request.produced_tokens += tokens;
  request.last_token = at;
  return tokens;
}

std::vector<InFlight*> RunningBatch::take_finished()
{
  std::vector<InFlight*> finished;
  std::erase_if(running_, [&](InFlight* request) {
    const bool is_finished = request->produced_tokens == request->request.output_tokens;
    if (is_finished)
      finished.push_back(request);
    return is_finished;
  });
  for (const InFlight* request : finished) {
    --on_die_[request->rank];
    kv_tokens_ -= request->kv_tokens();
  }
  return finished;
}

std::int64_t RunningBatch::on_busiest_die() const
{
  return *std::ranges::max_element(on_die_);
}

}  // namespace cm::workloads

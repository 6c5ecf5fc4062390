#include "workloads/serving/instances/output_events.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace cm::workloads {

void OutputEvents::add(Picoseconds end, std::int64_t requests, std::int64_t tokens)
{
  ensure(ends_.empty() || end.count() > ends_.back(), "an iteration ends at {} ps, the one before at {} ps",
         end.count(), ends_.empty() ? 0 : ends_.back());
  ends_.push_back(end.count());
  requests_.push_back(requests);
  tokens_.push_back(tokens);
}

OutputEvents::Sums OutputEvents::within(const Stretch& window) const
{
  const auto first = std::ranges::lower_bound(ends_, to_picoseconds(window.begin).count()) - ends_.begin();
  const auto last = std::ranges::upper_bound(ends_, to_picoseconds(window.end).count()) - ends_.begin();
  if (first >= last)
    return {};
  const auto sum = [&](const std::vector<std::int64_t>& of) {
    return std::accumulate(of.begin() + first, of.begin() + last, std::int64_t{0});
  };
  return {.iterations = last - first, .tokens = sum(tokens_), .requests = sum(requests_)};
}

std::size_t OutputEvents::index_of(std::int64_t end) const
{
  const auto found = std::ranges::lower_bound(ends_, end);
  ensure(found != ends_.end() && *found == end, "tokens left at {} ps, when no iteration ended", end);
  return static_cast<std::size_t>(found - ends_.begin());
}

void OutputEvents::add_pauses(FirstToken first_token, std::span<const RequestRecord> records, const IsHere& is_here,
                              sim::metrics::Histogram& pauses) const
{
  // [iteration]: requests with an output at its end and at that of the one before, as differences to the iteration
  // before.
  std::vector<std::int64_t> steps(ends_.size() + 1);
  for (const RequestRecord& record : records) {
    if (!record.is_finished() || record.when(Milestone::Decoded) == 0 || !is_here(record))
      continue;
    if (first_token == FirstToken::Prefill)
      pauses.record(milliseconds(record.when(Milestone::Decoded) - record.when(Milestone::Prefilled)));
    ++steps[index_of(record.when(Milestone::Decoded)) + 1];
    --steps[index_of(record.last_token) + 1];
  }
  std::int64_t requests = 0;
  for (std::size_t i = 1; i < ends_.size(); ++i) {
    requests += steps[i];
    pauses.record(milliseconds(ends_[i] - ends_[i - 1]), static_cast<std::uint64_t>(requests));
  }
}

}  // namespace cm::workloads

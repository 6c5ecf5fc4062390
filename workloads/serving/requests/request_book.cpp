#include "workloads/serving/requests/request_book.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <utility>

namespace cm::workloads {

RequestBook::RequestBook(std::uint64_t expected, std::uint64_t seed, FirstToken first_token)
    : seed_(seed), first_token_(first_token), records_(expected)
{
}

InFlight& RequestBook::admit(Request request, Seconds now)
{
  const std::uint64_t number = number_arrival();
  InFlight& entry =
      *in_flight_.emplace(number, std::make_unique<InFlight>(std::move(request), number, seed_)).first->second;
  entry.reach(Milestone::Arrived, now);
  note_last_arrival(now);
  return entry;
}

void RequestBook::refuse(const Request& request, Refusal reason, Seconds now)
{
  records_[number_arrival()] = refused_record_of(request, now);
  ++refused_;
  ++(reason == Refusal::Context ? refusals_.context : refusals_.memory);
  refusals_.longest = std::max(refusals_.longest, request.input_tokens + request.output_tokens);
  note_last_arrival(now);
}

Request RequestBook::finish(InFlight& request)
{
  ++finished_;
  records_[request.number] = record_of(request, first_token_);
  last_event_ = std::max(last_event_, to_seconds(Picoseconds(request.last_token)));
  Request ended = std::move(request.request);
  in_flight_.erase(request.number);
  return ended;
}

std::uint64_t RequestBook::number_arrival()
{
  ensure(arrived_ < records_.size(), "request {} arrives, {} were expected", arrived_, records_.size());
  return arrived_++;
}

void RequestBook::note_last_arrival(Seconds now)
{
  if (arrived_ < records_.size())
    return;
  at_last_arrival_ = census(now);
  last_event_ = std::max(last_event_, now);
}

double RequestBook::arrived_share() const
{
  return static_cast<double>(arrived_) / static_cast<double>(records_.size());
}

Census RequestBook::census(Seconds now) const
{
  return {.time = now,
          .arrived = arrived_,
          .refused = refused_,
          .finished = finished_,
          .in_flight = static_cast<std::uint64_t>(in_flight_.size())};
}

}  // namespace cm::workloads

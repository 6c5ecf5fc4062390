#include "workloads/serving_report/tokens_in_flight.h"

#include <algorithm>
#include <ranges>

namespace cm::workloads {
namespace {

// As long as requests arrive for five stays of one, about one in a hundred of their tokens is missing then.
constexpr double Full = 0.95;

// Times behind an arrival, in seconds.
struct Stay {
  double tokens = 0;
  double first = 0;
  double last = 0;

  // Tokens that have yet to leave, integrated from the arrival until `after`.
  [[nodiscard]] double token_seconds(double after) const
  {
    const double waiting = tokens * std::min(after, first);
    if (after <= first || last <= first)
      return waiting;
    const double answering = last - first;
    const double rest = std::max(0.0, last - after);
    return waiting + tokens * (answering * answering - rest * rest) / (2 * answering);
  }
};

Stay stay_of(FirstToken first_token, const RequestRecord& record)
{
  const auto after_arrival = [&](std::int64_t time) {
    return milliseconds(time - record.when(Milestone::Arrived)) * 1e-3;
  };
  return {.tokens = static_cast<double>(record.output_tokens),
          .first = after_arrival(record.when(first_token_at(first_token))),
          .last = after_arrival(record.last_token)};
}

}  // namespace

// Requests that arrive at rate r have r times the integral of each one's tokens in flight, up to `after`, at that time.
double share_in_flight(FirstToken first_token, std::span<const RequestRecord> records, Picoseconds after)
{
  double there = 0;
  double whole = 0;
  for (const RequestRecord& record : records)
    if (record.is_finished()) {
      const Stay stay = stay_of(first_token, record);
      there += stay.token_seconds(to_seconds(after).count());
      whole += stay.token_seconds(stay.last);
    }
  return whole > 0 ? there / whole : 1;
}

std::size_t full_from(FirstToken first_token, std::span<const RequestRecord> records, std::size_t settled)
{
  const std::size_t half = records.size() / 2;
  if (settled >= half)
    return settled;
  const auto is_filling = [&](std::size_t number) {
    const Picoseconds after(records[number].when(Milestone::Arrived) - records.front().when(Milestone::Arrived));
    return share_in_flight(first_token, records.subspan(settled), after) < Full;
  };
  const auto candidates = std::views::iota(settled, half);
  return settled + static_cast<std::size_t>(std::ranges::partition_point(candidates, is_filling) - candidates.begin());
}

}  // namespace cm::workloads

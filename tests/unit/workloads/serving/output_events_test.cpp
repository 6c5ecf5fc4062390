#include "workloads/serving/instances/output_events.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr std::int64_t Millisecond = 1'000'000'000;  // in picoseconds

// In decode from its first output there to its last, in milliseconds; prefilled 5 ms before.
RequestRecord decoded(std::int64_t first, std::int64_t last)
{
  RequestRecord record;
  record.at[static_cast<std::size_t>(Milestone::Prefilled)] = (first - 5) * Millisecond;
  record.at[static_cast<std::size_t>(Milestone::Decoded)] = first * Millisecond;
  record.last_token = last * Millisecond;
  record.state = RequestRecord::State::Finished;
  return record;
}

// Iterations end at 10, 30, 60 and 100 ms, with so many requests and tokens.
OutputEvents four_iterations()
{
  OutputEvents outputs;
  outputs.add(Picoseconds(10 * Millisecond), 1, 1);
  outputs.add(Picoseconds(30 * Millisecond), 2, 4);
  outputs.add(Picoseconds(60 * Millisecond), 2, 2);
  outputs.add(Picoseconds(100 * Millisecond), 5, 8);
  return outputs;
}

sim::metrics::Histogram pauses_of(FirstToken first_token, const std::vector<RequestRecord>& records)
{
  sim::metrics::Histogram pauses("ms");
  four_iterations().add_pauses(
      first_token, records, [](const RequestRecord& record) { return record.rank < 9; }, pauses);
  return pauses;
}

}  // namespace

TEST_CASE("pauses lie between the ends of the iterations that a request is in, whatever tokens each gave")
{
  const std::vector<RequestRecord> records{decoded(10, 60), decoded(30, 100)};
  const sim::metrics::Histogram pauses = pauses_of(FirstToken::Decode, records);
  CHECK(pauses.count() == 4);
  CHECK(pauses.mean().value() == Approx((20 + 30 + 30 + 40) / 4.0));
  CHECK(pauses.minimum().value() == Approx(20));
  CHECK(pauses.maximum().value() == Approx(40));
}

TEST_CASE("a first token from prefill is an output too")
{
  const std::vector<RequestRecord> records{decoded(30, 60)};
  const sim::metrics::Histogram pauses = pauses_of(FirstToken::Prefill, records);
  CHECK(pauses.count() == 2);
  CHECK(pauses.minimum().value() == Approx(5));
  CHECK(pauses.maximum().value() == Approx(30));
}

TEST_CASE("what leaves all at once, or is refused, has no pauses")
{
  RequestRecord refused;
  refused.state = RequestRecord::State::Refused;
  const std::vector<RequestRecord> records{decoded(30, 30), refused};
  const sim::metrics::Histogram pauses = pauses_of(FirstToken::Decode, records);
  CHECK(pauses.count() == 0);
  CHECK_FALSE(pauses.mean());
}

TEST_CASE("requests and tokens count in the time in which their iteration ends")
{
  const auto within = [](double begin, double end) {
    const OutputEvents::Sums sums = four_iterations().within({Seconds(begin), Seconds(end)});
    return std::vector{sums.iterations, sums.requests, sums.tokens};
  };
  CHECK(within(0, 1) == std::vector<std::int64_t>{4, 10, 15});
  CHECK(within(0.03, 0.06) == std::vector<std::int64_t>{2, 4, 6});
  CHECK(within(0.031, 0.059) == std::vector<std::int64_t>{0, 0, 0});
  CHECK(OutputEvents{}.within({Seconds(0), Seconds(1)}).tokens == 0);
}

TEST_CASE("requests that another instance decoded have no pauses here")
{
  RequestRecord elsewhere = decoded(15, 95);
  elsewhere.rank = 9;
  const std::vector<RequestRecord> records{elsewhere, decoded(30, 60)};
  const sim::metrics::Histogram pauses = pauses_of(FirstToken::Decode, records);
  CHECK(pauses.count() == 1);
  CHECK(pauses.maximum().value() == Approx(30));
}

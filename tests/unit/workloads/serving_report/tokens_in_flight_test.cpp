#include "workloads/serving_report/tokens_in_flight.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr std::int64_t Second = 1'000'000'000'000;  // in picoseconds

struct Answer {
  std::int64_t first = 0;  // seconds behind the arrival
  std::int64_t last = 0;
  std::int32_t tokens = 0;
};

RequestRecord answered(std::int64_t arrival, const Answer& answer)
{
  RequestRecord record;
  record.at.fill((arrival + answer.first) * Second);
  record.at.front() = arrival * Second;
  record.last_token = (arrival + answer.last) * Second;
  record.output_tokens = answer.tokens;
  record.state = RequestRecord::State::Finished;
  return record;
}

double share(const std::vector<RequestRecord>& records, double seconds)
{
  return share_in_flight(FirstToken::Decode, records, to_picoseconds(Seconds(seconds)));
}

// One a second.
std::vector<RequestRecord> equal_requests(std::size_t count, const Answer& answer)
{
  std::vector<RequestRecord> records;
  for (std::size_t i = 0; i < count; ++i)
    records.push_back(answered(static_cast<std::int64_t>(i), answer));
  return records;
}

}  // namespace

TEST_CASE("tokens are in flight until they leave, evenly between the first and the last one")
{
  // 10 tokens for 4 s, then fewer and fewer for 8 s: 80 token seconds.
  const std::vector<RequestRecord> one{answered(7, {.first = 4, .last = 12, .tokens = 10})};
  CHECK(share(one, 0) == 0);
  CHECK(share(one, 2) == Approx(20.0 / 80));
  CHECK(share(one, 4) == Approx(40.0 / 80));
  CHECK(share(one, 8) == Approx(70.0 / 80));
  CHECK(share(one, 12) == Approx(1));
  CHECK(share(one, 1000) == Approx(1));
}

TEST_CASE("a request counts by its tokens and its stay, and one that was refused not at all")
{
  std::vector<RequestRecord> records{answered(0, {.first = 1, .last = 1, .tokens = 1}),
                                     answered(0, {.first = 3, .last = 3, .tokens = 5})};
  records.push_back(
      refused_record_of({.arrival = {}, .input_tokens = 9, .output_tokens = 900, .blocks = {}}, Seconds(0)));
  CHECK(share(records, 1) == Approx((1 + 5) / 16.0));
  CHECK(share(records, 2) == Approx((1 + 10) / 16.0));
  CHECK(share({}, 1) == 1);
}

TEST_CASE("where the first token comes from prefill, tokens leave from then on")
{
  RequestRecord record = answered(0, {.first = 4, .last = 8, .tokens = 10});
  record.at[static_cast<std::size_t>(Milestone::Prefilled)] = 2 * Second;
  const std::vector<RequestRecord> records{record};
  CHECK(share_in_flight(FirstToken::Prefill, records, Picoseconds(2 * Second)) == Approx(20.0 / 50));
  CHECK(share_in_flight(FirstToken::Decode, records, Picoseconds(2 * Second)) == Approx(20.0 / 60));
}

TEST_CASE("a service is full with the request that finds 95 % of the tokens of the long run in flight")
{
  // After t of 100 s, 1 - (1 - t / 100)^2: 0.9471 after 77 s, 0.9516 after 78 s.
  const auto records = equal_requests(1000, {.first = 0, .last = 100, .tokens = 100});
  CHECK(full_from(FirstToken::Decode, records, 0) == 78);
  CHECK(full_from(FirstToken::Decode, records, 300) == 300);
  CHECK(full_from(FirstToken::Decode, records, 900) == 900);
}

TEST_CASE("half of the requests are left out when the service fills for longer")
{
  CHECK(full_from(FirstToken::Decode, equal_requests(100, {.first = 0, .last = 90, .tokens = 100}), 0) == 50);
  CHECK(full_from(FirstToken::Decode, {}, 0) == 0);
}

TEST_CASE("a service is as full as requests behind the warm-up make it, not those before them")
{
  auto records = equal_requests(1000, {.first = 0, .last = 100, .tokens = 100});
  for (std::size_t i = 0; i < 50; ++i)
    records[i] = answered(static_cast<std::int64_t>(i), {.first = 0, .last = 1, .tokens = 100});
  CHECK(full_from(FirstToken::Decode, records, 50) == 78);
}

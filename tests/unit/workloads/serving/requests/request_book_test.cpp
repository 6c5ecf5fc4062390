#include "sim/diagnostics/errors.h"
#include "workloads/serving/requests/request_book.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

Request asking(std::int64_t input, std::int64_t output)
{
  return {.arrival = {}, .input_tokens = input, .output_tokens = output, .blocks = {}};
}

// Passes all milestones at one moment.
void answer(InFlight& request, Seconds end)
{
  for (std::size_t milestone = 1; milestone < Milestones; ++milestone)
    request.reach(static_cast<Milestone>(milestone), end);
  request.first_token = request.last_token = to_picoseconds(end).count();
}

}  // namespace

TEST_CASE("a book numbers arrivals, and knows which requests are in flight, finished or refused")
{
  RequestBook book(3, 1, FirstToken::Decode);
  InFlight& first = book.admit(asking(600, 5), Seconds(1));
  CHECK(first.number == 0);
  CHECK(first.when(Milestone::Arrived) == 1'000'000'000'000);
  CHECK(book.arrived_share() == Approx(1.0 / 3));
  book.refuse(asking(70000, 9), Refusal::Context, Seconds(2));
  CHECK_FALSE(book.is_done());
  answer(first, Seconds(8));
  CHECK(book.finish(first).input_tokens == 600);
  InFlight& last = book.admit(asking(300, 2), Seconds(3));
  CHECK(last.number == 2);
  CHECK_FALSE(book.is_done());
  CHECK(book.last_event() == Seconds(8));
  const Census& then = book.at_last_arrival();
  CHECK(then.time == Seconds(3));
  CHECK(then.arrived == 3);
  CHECK(then.refused == 1);
  CHECK(then.finished == 1);
  CHECK(then.in_flight == 1);
  answer(last, Seconds(9));
  book.finish(last);
  CHECK(book.is_done());
  CHECK(book.last_event() == Seconds(9));
  CHECK(book.census(Seconds(9)).in_flight == 0);
  CHECK(book.census(Seconds(9)).finished == 2);
  REQUIRE(book.records().size() == 3);
  CHECK(book.records()[0].is_finished());
  CHECK(book.records()[1].state == RequestRecord::State::Refused);
  CHECK(book.records()[2].last_token == 9'000'000'000'000);
}

TEST_CASE("refusals are counted by their reason, with the longest request")
{
  RequestBook book(3, 1, FirstToken::Decode);
  book.refuse(asking(100, 9), Refusal::Memory, Seconds(0));
  book.refuse(asking(90000, 50), Refusal::Context, Seconds(0));
  book.refuse(asking(200, 9), Refusal::Memory, Seconds(4));
  CHECK(book.refusals().memory == 2);
  CHECK(book.refusals().context == 1);
  CHECK(book.refusals().longest == 90050);
  CHECK(book.is_done());
  CHECK(book.last_event() == Seconds(4));
  CHECK(book.at_last_arrival().refused == 3);
}

TEST_CASE("a book refuses more requests than were expected")
{
  RequestBook book(1, 1, FirstToken::Decode);
  book.admit(asking(10, 1), Seconds(0));
  CHECK_THROWS_AS(book.admit(asking(10, 1), Seconds(0)), SimulationError);
}

// Times of a request from its milestones.
#include "sim/diagnostics/errors.h"
#include "workloads/serving/requests/in_flight.h"
#include "workloads/serving/requests/request_record.h"

#include <catch2/catch.hpp>

#include <limits>

using namespace cm;
using namespace cm::workloads;

namespace {

// Milestones one second after the other from 0 s; the last of 11 tokens at 18 s.
InFlight answered()
{
  InFlight request({.arrival = {}, .input_tokens = 600, .output_tokens = 11, .blocks = {}}, 4, 1);
  for (std::size_t milestone = 0; milestone < Milestones; ++milestone)
    request.reach(static_cast<Milestone>(milestone), Seconds(static_cast<double>(milestone)));
  request.instance = 2;
  request.rank = 3;
  request.decode_rank = 35;
  request.cached_tokens = 512;
  request.first_token = request.when(Milestone::Decoded);
  request.last_token = 18'000'000'000'000;
  return request;
}

}  // namespace

TEST_CASE("a request in flight has the moments of its milestones and the tokens that it holds")
{
  InFlight request = answered();
  CHECK(request.when(Milestone::Admitted) == 6'000'000'000'000);
  CHECK(request.when(Milestone::Decoded) == 8'000'000'000'000);
  CHECK(request.kv_tokens() == 600);
  request.produced_tokens = 7;
  CHECK(request.kv_tokens() == 607);
  CHECK(FirstTokenParts.at(static_cast<std::size_t>(Milestone::HandedOver)) == "hand-over");
}

TEST_CASE("draws of two requests are apart, those of one request the same in every run")
{
  const auto draw = [](std::uint64_t number) {
    return InFlight({.arrival = {}, .input_tokens = 1, .output_tokens = 1, .blocks = {}}, number, 1)
        .acceptance.uniform();
  };
  CHECK(draw(0) == draw(0));
  CHECK(draw(0) != draw(1));
}

TEST_CASE("times of a record are between its arrival, its first token and its last one")
{
  const RequestRecord decode = record_of(answered(), FirstToken::Decode);
  CHECK(decode.is_finished());
  CHECK(ttft_ms(FirstToken::Decode, decode) == Approx(8000));
  CHECK(tpot_ms(FirstToken::Decode, decode) == Approx(1000));
  CHECK(decode.served() == 8'000'000'000'000);
  CHECK(decode.instance == 2);
  CHECK(decode.rank == 35);
  CHECK(decode.cached_tokens == 512);
  InFlight early = answered();
  early.first_token = early.when(Milestone::Prefilled);
  const RequestRecord prefill = record_of(early, FirstToken::Prefill);
  CHECK(ttft_ms(FirstToken::Prefill, prefill) == Approx(5000));
  CHECK(tpot_ms(FirstToken::Prefill, prefill) == Approx(1300));
  CHECK_THROWS_AS(record_of(early, FirstToken::Decode), SimulationError);
}

TEST_CASE("tokens that leave together have no time between them")
{
  RequestRecord record = record_of(answered(), FirstToken::Decode);
  CHECK(has_tpot(FirstToken::Decode, record));
  record.last_token = record.when(Milestone::Decoded);
  CHECK_FALSE(has_tpot(FirstToken::Decode, record));
  record.last_token += 1;
  CHECK(has_tpot(FirstToken::Decode, record));
  record.output_tokens = 1;
  CHECK_FALSE(has_tpot(FirstToken::Decode, record));
}

TEST_CASE("a refused record has its arrival and at most as many tokens as it can count")
{
  const RequestRecord record = refused_record_of(
      {.arrival = {}, .input_tokens = std::int64_t{1} << 40, .output_tokens = 5, .blocks = {}}, Seconds(2));
  CHECK(record.state == RequestRecord::State::Refused);
  CHECK(record.when(Milestone::Arrived) == 2'000'000'000'000);
  CHECK(record.when(Milestone::Decoded) == 0);
  CHECK(record.input_tokens == std::numeric_limits<std::int32_t>::max());
  CHECK(record.output_tokens == 5);
}

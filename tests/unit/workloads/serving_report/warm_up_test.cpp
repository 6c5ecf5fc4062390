#include "sim/random/random_stream.h"
#include "workloads/serving_report/serving_verdict.h"
#include "workloads/serving_report/warm_up.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr double Second = 1e12;  // in picoseconds

struct Times {
  double ttft = 2;  // seconds
  double tpot = 0.01;
};

void set(RequestRecord& record, Milestone milestone, double seconds)
{
  record.at[static_cast<std::size_t>(milestone)] = static_cast<std::int64_t>(seconds * Second);
}

// Requests at a steady rate, each with what `times` gives the i-th, 2,000 tokens in and 400 out.
template <typename Of>
std::vector<RequestRecord> requests(std::size_t count, double rate, const Of& times)
{
  std::vector<RequestRecord> records(count);
  sim::RandomStream random(1, "times");
  for (std::size_t i = 0; i < count; ++i) {
    const Times each = times(static_cast<double>(i));
    const double arrival = static_cast<double>(i) / rate;
    const double first = arrival + each.ttft * (0.9 + 0.2 * random.uniform());
    RequestRecord& record = records[i];
    set(record, Milestone::Arrived, arrival);
    for (const Milestone milestone : {Milestone::Received, Milestone::LookedUp, Milestone::Loaded, Milestone::Started})
      set(record, milestone, arrival);
    set(record, Milestone::Prefilled, first);
    set(record, Milestone::Admitted, first);
    set(record, Milestone::HandedOver, first);
    set(record, Milestone::Decoded, first);
    record.last_token = static_cast<std::int64_t>((first + each.tpot * 399 * (0.9 + 0.2 * random.uniform())) * Second);
    record.input_tokens = 2000;
    record.output_tokens = 400;
    record.state = RequestRecord::State::Finished;
  }
  return records;
}

const ServingSpec Auto{};
const DecodeRoom Plenty{.requests = 1e6, .tokens = 1e12};

ServingSpec with_share(double share)
{
  ServingSpec spec;
  spec.warm_up = share;
  return spec;
}

// A few more may go by chance, none of the transient may stay.
bool is_near(std::size_t cut, std::size_t transient)
{
  return cut >= transient && cut <= transient + 50;
}

}  // namespace

TEST_CASE("the later of the two transients is cut")
{
  const auto both =
      requests(3000, 40, [](double i) { return Times{.ttft = i < 200 ? 1.0 : 2.0, .tpot = i < 500 ? 0.008 : 0.012}; });
  const WarmUp warm_up = warm_up_of(Auto, both);
  CHECK(is_near(warm_up.requests, 500));
  CHECK(warm_up.unsteady.empty());
  const auto first = requests(3000, 40, [](double i) { return Times{.ttft = i < 200 ? 1.0 : 2.0}; });
  CHECK(is_near(warm_up_of(Auto, first).requests, 200));
}

TEST_CASE("cuts are in requests, refused ones among them")
{
  auto records = requests(3000, 40, [](double i) { return Times{.ttft = i < 200 ? 1.0 : 2.0}; });
  for (std::size_t i = 0; i < 100; ++i) {
    records[i] = {};
    records[i].state = RequestRecord::State::Refused;
  }
  CHECK(is_near(warm_up_of(Auto, records).requests, 200));
}

TEST_CASE("a share is a share, and drift is still said")
{
  const auto ramp = [](double i) { return Times{.ttft = 1 + 0.002 * i}; };
  CHECK(warm_up_of(with_share(0.25), requests(3000, 40, [](double) { return Times{}; })).requests == 750);
  CHECK(warm_up_of(with_share(0.25), requests(3000, 40, [](double) { return Times{}; })).unsteady.empty());
  const WarmUp drifting = warm_up_of(with_share(0.25), requests(3000, 40, ramp));
  CHECK(drifting.requests == 750);
  CHECK(drifting.ttft_rises);
  CHECK_THAT(drifting.unsteady, Catch::Contains("time to first token rises by"));
}

TEST_CASE("without a steady part a tenth is cut, and it is said why")
{
  const WarmUp ramp = warm_up_of(Auto, requests(3000, 40, [](double i) { return Times{.ttft = 1 + 0.002 * i}; }));
  CHECK(ramp.requests == 300);
  CHECK(ramp.ttft_rises);
  CHECK_THAT(ramp.unsteady, Catch::Contains("time to first token rises by"));
  const WarmUp falls = warm_up_of(Auto, requests(3000, 40, [](double i) { return Times{.tpot = 0.02 - 5e-6 * i}; }));
  CHECK_FALSE(falls.ttft_rises);
  CHECK_THAT(falls.unsteady, Catch::StartsWith("time per output token falls by"));
}

TEST_CASE("few requests, and few for their stay, show no steady state")
{
  const auto same = [](double) { return Times{}; };
  CHECK_THAT(warm_up_of(Auto, requests(99, 1, same)).unsteady, Catch::Contains("99 finished requests are too few"));
  CHECK(warm_up_of(Auto, requests(100, 1, same)).unsteady.empty());
  // A stay is 6 s.
  CHECK_THAT(warm_up_of(Auto, requests(200, 20, same)).unsteady, Catch::Contains("the run is too short"));
  CHECK(warm_up_of(Auto, requests(300, 20, same)).unsteady.empty());
  CHECK_THAT(warm_up_of(with_share(0), requests(200, 20, same)).unsteady, Catch::Contains("the run is too short"));
}

TEST_CASE("a steady run leaves out what fills decode, and says so")
{
  // The first token comes after 2 s, the last one after 6: 95 % of the tokens are in flight after 4.7 s.
  const auto same = requests(3000, 40, [](double) { return Times{}; });
  WarmUp warm_up = warm_up_of(Auto, same);
  CHECK(warm_up.requests < 100);
  leave_out_filling(Auto, same, warm_up);
  CHECK(warm_up.requests == Approx(4.74 * 40).margin(4));
  CHECK_THAT(warm_up.rule, Catch::Contains("95 % of the tokens"));
}

TEST_CASE("a warm-up that lasts until decode is full, a share, and a run that is not steady stay as they are")
{
  const auto late = requests(3000, 40, [](double i) { return Times{.ttft = i < 500 ? 1.0 : 2.0}; });
  WarmUp found = warm_up_of(Auto, late);
  const WarmUp before = found;
  leave_out_filling(Auto, late, found);
  CHECK(found.requests == before.requests);
  CHECK(found.rule == before.rule);
  const auto same = requests(3000, 40, [](double) { return Times{}; });
  WarmUp share = warm_up_of(with_share(0.01), same);
  leave_out_filling(with_share(0.01), same, share);
  CHECK(share.requests == 30);
  const auto short_run = requests(200, 20, [](double) { return Times{}; });
  WarmUp unsteady = warm_up_of(Auto, short_run);
  leave_out_filling(Auto, short_run, unsteady);
  CHECK(unsteady.requests == 0);
}

TEST_CASE("queues that fill are no overload, queues that go on growing are")
{
  const auto same = [](double) { return Times{}; };
  CHECK_FALSE(overload_of(requests(3000, 40, same), 0, false, Plenty));
  CHECK_FALSE(overload_of(requests(100, 40, same), 0, false, Plenty));
  // 40 arrive in a second, 20 are served.
  const auto growing = requests(3000, 40, [](double i) { return Times{.ttft = 2 + i / 40}; });
  const auto overload = overload_of(growing, 100, false, Plenty);
  REQUIRE(overload);
  CHECK(overload->sustainable == Approx(20).epsilon(0.1));
  CHECK(overload->room.empty());
}

TEST_CASE(
    "queues that grow through a run that is too short to fill them are an overload if the first token comes later")
{
  const auto rising = requests(400, 100, [](double i) { return Times{.ttft = 3 + 0.01 * i}; });
  CHECK_FALSE(overload_of(rising, 0, false, Plenty));
  CHECK(overload_of(rising, 0, true, Plenty));
}

TEST_CASE("more requests than decode has room for in the long run are an overload before it is full")
{
  // 40 a second for about 4 s are 160 places, and 384,000 tokens.
  const auto records = requests(3000, 40, [](double) { return Times{}; });
  CHECK_FALSE(overload_of(records, 0, false, {.requests = 161, .tokens = 1e12}));
  const auto places = overload_of(records, 0, false, {.requests = 100, .tokens = 1e12});
  REQUIRE(places);
  CHECK(places->room == "places in the decode batch");
  CHECK(places->sustainable == Approx(25).epsilon(0.02));
  CHECK_FALSE(overload_of(records, 0, false, {.requests = 1e6, .tokens = 386000}));
  const auto memory = overload_of(records, 0, false, {.requests = 100, .tokens = 120000});
  REQUIRE(memory);
  CHECK(memory->room == "memory for keys and values on decode dies");
  CHECK(memory->sustainable == Approx(12.5).epsilon(0.02));
}

TEST_CASE("what arrives at once has no rate")
{
  const auto at_once = requests(64, 1e15, [](double) { return Times{}; });
  CHECK_FALSE(overload_of(at_once, 0, true, {.requests = 1, .tokens = 1}));
  CHECK(arrival_window(at_once, 0).arrivals == 0);
  CHECK(arrival_window(at_once, 64).seconds == 0);
}

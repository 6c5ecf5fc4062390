#include "workloads/serving_report/latency_windows.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr std::int64_t Millisecond = 1'000'000'000;  // in picoseconds

// Arrives at `arrival` ms; first token after `ttft` ms, ten more in 100 ms.
RequestRecord finished(std::int64_t arrival, std::int64_t ttft)
{
  RequestRecord record;
  record.at.fill(arrival * Millisecond);
  record.at.back() += ttft * Millisecond;
  record.last_token = record.at.back() + 100 * Millisecond;
  record.output_tokens = 11;
  record.state = RequestRecord::State::Finished;
  return record;
}

// One every 10 ms, which take 1, 2, 3 ... ms.
std::vector<RequestRecord> regular(std::int64_t requests)
{
  std::vector<RequestRecord> records;
  for (std::int64_t number = 0; number < requests; ++number)
    records.push_back(finished(10 * number, number + 1));
  return records;
}

std::optional<double> ttft(const RequestRecord& record)
{
  return record.is_finished() ? std::optional(ttft_ms(FirstToken::Decode, record)) : std::nullopt;
}

std::vector<LatencyWindow> windows(const std::vector<RequestRecord>& records, std::int64_t step_ms)
{
  return latency_windows(records, Picoseconds(step_ms * Millisecond), ttft);
}

const sim::metrics::Series& series(const sim::metrics::Result& result, const std::string& name)
{
  const auto found = std::ranges::find(result.series, name, [](const auto& each) { return each.first; });
  REQUIRE(found != result.series.end());
  return found->second;
}

}  // namespace

TEST_CASE("a window is as many steps as hold a hundred requests, and percentiles are values that occurred")
{
  const std::vector<LatencyWindow> all = windows(regular(300), 500);
  REQUIRE(all.size() == 3);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto window = static_cast<std::int64_t>(i);
    CHECK(all[i].begin == Picoseconds(window * 1000 * Millisecond));
    CHECK(all[i].end == Picoseconds((window + 1) * 1000 * Millisecond));
    CHECK(all[i].count == 100);
    CHECK(all[i].percentiles[0] == Approx(100 * window + 50));
    CHECK(all[i].percentiles[1] == Approx(100 * window + 90));
    CHECK(all[i].percentiles[2] == Approx(100 * window + 99));
  }
}

TEST_CASE("requests that are left over belong to the last window")
{
  const std::vector<LatencyWindow> all = windows(regular(299), 500);
  REQUIRE(all.size() == 2);
  CHECK(all[1].begin == Picoseconds(1000 * Millisecond));
  CHECK(all[1].end == Picoseconds(3000 * Millisecond));
  CHECK(all[1].count == 199);
  CHECK(all[1].percentiles[0] == Approx(200));
}

TEST_CASE("fewer than a hundred requests make no window, however many were refused")
{
  std::vector<RequestRecord> records = regular(99);
  CHECK(windows(records, 500).empty());
  for (std::int64_t number = 0; number < 50; ++number)
    records.push_back(
        refused_record_of({.arrival = {}, .input_tokens = 9, .output_tokens = 9, .blocks = {}}, Seconds(2)));
  CHECK(windows(records, 500).empty());
  records.push_back(finished(5000, 1));
  REQUIRE(windows(records, 500).size() == 1);
  CHECK(windows(records, 500)[0].count == 100);
  CHECK(windows({}, 500).empty());
}

TEST_CASE("a step is a fiftieth of the arrivals or a little more")
{
  const auto seconds = [](double last) { return to_seconds(*latency_step(to_picoseconds(Seconds(last)))).count(); };
  CHECK(seconds(50) == Approx(1));
  CHECK(seconds(51) == Approx(2));
  CHECK(seconds(130) == Approx(5));
  CHECK(seconds(8.6e6) == Approx(2e5));
  CHECK_FALSE(latency_step(Picoseconds(0)));
}

TEST_CASE("series of latencies have a value a window, with its requests and the objective")
{
  ServingSpec spec;
  spec.slo_ttft = Seconds(2);
  spec.slo_tpot = Seconds(0.05);
  sim::metrics::Result result;
  add_latency_series(spec, regular(300), result);
  CHECK(result.series.size() == 10);
  CHECK(series(result, "ttft_p99_ms").time_s == std::vector<double>{1, 2, 3});
  CHECK(series(result, "ttft_p99_ms").value == std::vector<double>{99, 199, 299});
  CHECK(series(result, "ttft_p99_ms").unit == "ms");
  CHECK(series(result, "ttft_objective_ms").value == std::vector<double>{2000, 2000, 2000});
  CHECK(series(result, "ttft_window_requests").value == std::vector<double>{100, 100, 100});
  CHECK(series(result, "tpot_p50_ms").value == std::vector<double>{10, 10, 10});
  CHECK(series(result, "tpot_objective_ms").value == std::vector<double>{50, 50, 50});
}

TEST_CASE("requests that arrive at one instant have no latency over time")
{
  const std::vector<RequestRecord> records(500, finished(0, 1));
  sim::metrics::Result result;
  add_latency_series({}, records, result);
  CHECK(result.series.empty());
}

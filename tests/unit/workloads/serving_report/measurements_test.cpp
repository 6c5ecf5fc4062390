#include "workloads/serving_report/measurements.h"
#include "workloads/serving_report/requests_csv.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr std::int64_t Millisecond = 1'000'000'000;  // in picoseconds

// Each part takes 10 ms; the last token leaves `decode` ms after the first decode iteration.
RequestRecord finished(std::int32_t output_tokens, std::int64_t decode)
{
  RequestRecord record;
  for (std::size_t part = 1; part < Milestones; ++part)
    record.at[part] = record.at[part - 1] + 10 * Millisecond;
  record.last_token = record.at.back() + decode * Millisecond;
  record.input_tokens = 1000;
  record.output_tokens = output_tokens;
  record.state = RequestRecord::State::Finished;
  return record;
}

ServingSpec with_levels()
{
  ServingSpec spec;
  spec.slo_ttft = Seconds(1);
  spec.slo_tpot = Seconds(0.05);
  return spec;
}

ServingSpec one_decode_instance()
{
  ServingSpec spec;
  spec.decode.dp = 64;
  return spec;
}

sim::metrics::Histogram histogram(const Measurements& measured, const std::string& name)
{
  sim::metrics::Result result;
  measured.report(result);
  for (const sim::metrics::NamedHistogram& each : result.histograms)
    if (each.name == name)
      return each.values;
  FAIL("no histogram " << name);
  return sim::metrics::Histogram("ms");
}

}  // namespace

TEST_CASE("a refused request holds no service level")
{
  const std::vector<RequestRecord> records{
      finished(11, 100), finished(11, 100), finished(11, 1000),
      refused_record_of({.arrival = {}, .input_tokens = 900000, .output_tokens = 5, .blocks = {}}, Seconds(1))};
  const Measurements measured(with_levels(), records);
  CHECK(measured.asked() == 4);
  CHECK(measured.held_ttft() == 3);
  CHECK(measured.held_tpot() == 2);
  CHECK(measured.good() == 2);
}

TEST_CASE("a request that takes as long as the levels allow holds them")
{
  // 80 ms to the first token, then 10 ms each.
  const std::vector<RequestRecord> records{finished(11, 100)};
  const auto measured = [&](double ttft, double tpot) {
    ServingSpec spec;
    spec.slo_ttft = Seconds(ttft);
    spec.slo_tpot = Seconds(tpot);
    return Measurements(spec, records);
  };
  CHECK(measured(0.08, 0.01).good() == 1);
  CHECK(measured(0.0799, 0.01).held_ttft() == 0);
  CHECK(measured(0.08 - 1e-12, 0.01).held_ttft() == 0);
  CHECK(measured(0.08, 0.0099).held_tpot() == 0);
  CHECK(measured(0.08, 0.01 - 1e-12).held_tpot() == 0);
}

TEST_CASE("prompts that were prefilled count with all their tokens and with those from the cache")
{
  std::vector<RequestRecord> records{
      finished(11, 100), finished(11, 100),
      refused_record_of({.arrival = {}, .input_tokens = 900000, .output_tokens = 5, .blocks = {}}, Seconds(1))};
  records.front().cached_tokens = 512;
  const Measurements measured(with_levels(), records);
  CHECK(measured.prompt_tokens() == 2000);
  CHECK(measured.cached_tokens() == 512);
}

TEST_CASE("tokens that all leave at once have no time between them")
{
  const std::vector<RequestRecord> records{finished(1, 0), finished(2, 0), finished(11, 100)};
  const Measurements measured(with_levels(), records);
  CHECK(histogram(measured, "tpot_ms").count() == 1);
  CHECK(histogram(measured, "tpot_ms").minimum().value() == Approx(10));
  CHECK(measured.held_tpot() == 3);
  const ServingSpec spec = one_decode_instance();
  CHECK(requests_csv(spec, records, 0).find(",80.000000,,80.000000\n") != std::string::npos);
}

TEST_CASE("a line of requests.csv has the decode instance and the rank among those of all")
{
  ServingSpec spec = one_decode_instance();
  spec.decode_instances = 2;
  std::vector<RequestRecord> records{finished(11, 100), finished(11, 100)};
  records[0].rank = 63;
  records[1].rank = 64;
  const std::string text = requests_csv(spec, records, 1);
  CHECK(text.find("prefill_instance,decode_instance,decode_rank,counted,") != std::string::npos);
  CHECK(text.find("\n0,finished,0.000000,1000,11,0,0,0,63,0,10.000000,") != std::string::npos);
  CHECK(text.find("\n1,finished,0.000000,1000,11,0,0,1,64,1,10.000000,") != std::string::npos);
}

TEST_CASE("each line of requests.csv has a cell for each column")
{
  ServingSpec spec = one_decode_instance();
  std::vector<RequestRecord> records{
      finished(11, 100), finished(1, 0),
      refused_record_of({.arrival = {}, .input_tokens = 900000, .output_tokens = 5, .blocks = {}}, Seconds(1))};
  records[1].at[static_cast<std::size_t>(Milestone::Decoded)] = 0;  // its only token came from prefill
  spec.first_token = FirstToken::Prefill;
  std::istringstream lines(requests_csv(spec, records, 0));
  for (std::string line; std::getline(lines, line);)
    CHECK(std::ranges::count(line, ',') == 20);
}

TEST_CASE("the wait for decode is queueing, also when the first token has left before it")
{
  ServingSpec spec = with_levels();
  const std::vector<RequestRecord> records{finished(11, 100)};
  CHECK(histogram(Measurements(spec, records), "queue_ms").mean().value() == Approx(20));
  spec.first_token = FirstToken::Prefill;
  CHECK(histogram(Measurements(spec, records), "queue_ms").mean().value() == Approx(20));
}

TEST_CASE("requests of which none is finished have no times and no parts of them")
{
  const std::vector<RequestRecord> records{
      refused_record_of({.arrival = {}, .input_tokens = 900000, .output_tokens = 5, .blocks = {}}, Seconds(1))};
  const Measurements measured(with_levels(), records);
  CHECK_FALSE(histogram(measured, "ttft_ms").quantile(0.5));
  sim::metrics::Result result;
  measured.report(result);
  CHECK(result.breakdown.empty());
}

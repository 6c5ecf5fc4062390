#include "workloads/serving_report/slowest_requests.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;
using sim::metrics::Table;

namespace {

constexpr std::int64_t Millisecond = 1'000'000'000;  // in picoseconds

// Its parts take 1, 2, ... times `unit` ms, decode after the first iteration takes `decode` ms.
RequestRecord finished(std::int64_t arrival, std::int64_t unit, std::int64_t decode)
{
  RequestRecord record;
  record.at.front() = arrival * Millisecond;
  for (std::size_t part = 1; part < Milestones; ++part)
    record.at[part] = record.at[part - 1] + static_cast<std::int64_t>(part) * unit * Millisecond;
  record.last_token = record.at.back() + decode * Millisecond;
  record.input_tokens = 1000;
  record.cached_tokens = 128;
  record.output_tokens = 11;
  record.instance = 3;
  record.rank = 5;
  record.state = RequestRecord::State::Finished;
  return record;
}

// The only token comes from prefill.
RequestRecord without_decode(std::int64_t arrival)
{
  RequestRecord record = finished(arrival, 1, 0);
  for (auto part = static_cast<std::size_t>(Milestone::Admitted); part < Milestones; ++part)
    record.at[part] = 0;
  record.last_token = record.when(Milestone::Prefilled);
  record.output_tokens = 1;
  return record;
}

// The slowest of all is the first one.
std::vector<RequestRecord> some()
{
  return {finished(0, 900, 9000),
          finished(10, 4, 10),
          finished(20, 7, 10),
          refused_record_of({.arrival = {}, .input_tokens = 900000, .output_tokens = 5, .blocks = {}}, Seconds(0.03)),
          finished(40, 7, 500),
          finished(50, 2, 700)};
}

double sum_of(const Table& table, std::size_t row, const std::string& from, const std::string& to)
{
  double sum = 0;
  const auto column = [&](const std::string& name) {
    return std::ranges::find(table.columns, name) - table.columns.begin();
  };
  for (auto i = column(from); i <= column(to); ++i)
    if (const double* const value = std::get_if<double>(&table.rows[row].cells[static_cast<std::size_t>(i) - 1]))
      sum += *value;
  return sum;
}

void check_sums(FirstToken first_token, const std::vector<RequestRecord>& records, const std::string& last_of_ttft)
{
  sim::metrics::Result result;
  add_slowest_tables(first_token, records, 1, result);
  REQUIRE(result.tables.size() == 2);
  for (const Table& table : result.tables) {
    REQUIRE(table.rows.size() == records.size() - 2);
    CHECK(table.sentence.find("ingress_ms to " + last_of_ttft + " add up to ttft_ms") != std::string::npos);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      CHECK(sum_of(table, row, "ingress_ms", last_of_ttft) == Approx(sum_of(table, row, "ttft_ms", "ttft_ms")));
      CHECK(sum_of(table, row, "ingress_ms", "decode_ms") == Approx(sum_of(table, row, "e2e_ms", "e2e_ms")));
    }
  }
}

}  // namespace

TEST_CASE("the slowest requests are those after the warm-up, the first to arrive among equals")
{
  const auto numbers = [](Slowness by, std::size_t most) {
    return slowest_requests(FirstToken::Decode, some(), 1, by, most);
  };
  CHECK(numbers(Slowness::FirstToken, 3) == std::vector<std::size_t>{2, 4, 1});
  CHECK(numbers(Slowness::EndToEnd, 2) == std::vector<std::size_t>{5, 4});
  CHECK(numbers(Slowness::EndToEnd, 100).size() == 4);
  CHECK(slowest_requests(FirstToken::Decode, some(), 0, Slowness::EndToEnd, 1) == std::vector<std::size_t>{0});
  CHECK(slowest_requests(FirstToken::Decode, {}, 0, Slowness::EndToEnd, 1).empty());
}

TEST_CASE("parts of a slow request add up to its time to first token and to its time from end to end")
{
  check_sums(FirstToken::Decode, some(), "first_decode_ms");
}

TEST_CASE("parts behind a first token from prefill belong to the time from end to end alone")
{
  std::vector<RequestRecord> records = some();
  records.push_back(without_decode(60));
  check_sums(FirstToken::Prefill, records, "prefill_ms");
}

TEST_CASE("tables say how many requests count, and are absent when none does")
{
  sim::metrics::Result result;
  add_slowest_tables(FirstToken::Decode, some(), 1, result);
  CHECK(result.tables[0].name == "slowest_by_ttft");
  CHECK(result.tables[0].rows[0].label == "2");
  CHECK(result.tables[0].sentence.find("4 of the 4 that count") != std::string::npos);
  CHECK(result.tables[1].name == "slowest_by_e2e");
  sim::metrics::Result none;
  add_slowest_tables(FirstToken::Decode, some(), some().size(), none);
  CHECK(none.tables.empty());
}

TEST_CASE("a timeline shows the slowest requests with their parts, none of the warm-up")
{
  sim::timeline::Timeline timeline;
  add_slowest_tracks(FirstToken::Decode, some(), 1, timeline);
  CHECK(timeline.processes() ==
        std::vector<std::string>{"4 requests slowest to the first token, of 4 after the warm-up",
                                 "4 requests slowest from end to end, of 4 after the warm-up"});
  REQUIRE(timeline.tracks().size() == 8);
  CHECK(timeline.tracks()[0].name == "request 2: 0.252 s");
  CHECK(timeline.tracks()[4].name == "request 5: 0.772 s");
  CHECK(std::ranges::none_of(timeline.tracks(), [](const auto& each) { return each.name.starts_with("request 0"); }));
  const sim::timeline::Slice& first = timeline.slices().front();
  CHECK(first.name == "ingress");
  CHECK(first.start == Picoseconds(20 * Millisecond));
  CHECK(timeline.slices()[8].name == "decode");
  sim::timeline::Timeline none;
  add_slowest_tracks(FirstToken::Decode, some(), some().size(), none);
  CHECK(none.processes().empty());
}

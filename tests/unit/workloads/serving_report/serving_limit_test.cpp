#include "workloads/serving_report/serving_limit.h"
#include "workloads/serving_report/serving_verdict.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr double Second = 1e12;  // in picoseconds

// A hundred requests; each part takes 0.1 s, but for `slow`, which takes `first` s at the first request and `last` s at
// the last one. A decode of `decode` s follows.
std::vector<RequestRecord> requests(Milestone slow, double first, double last, double decode = 5)
{
  std::vector<RequestRecord> records(100);
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto at = static_cast<double>(i);
    records[i].at[0] = static_cast<std::int64_t>(at * Second);
    for (std::size_t part = 1; part < Milestones; ++part) {
      at += static_cast<Milestone>(part) == slow ? first + (last - first) * static_cast<double>(i) / 99 : 0.1;
      records[i].at[part] = static_cast<std::int64_t>(at * Second);
    }
    records[i].last_token = static_cast<std::int64_t>((at + decode) * Second);
    records[i].output_tokens = 100;
    records[i].state = RequestRecord::State::Finished;
  }
  return records;
}

std::string named(const ServingSpec& spec, const std::vector<RequestRecord>& records, const DecodeWaits& waits = {})
{
  return limit_name(spec, slow_part(records)->end, waits, records);
}

}  // namespace

TEST_CASE("the limit is what the part of the way that grows waits for")
{
  ServingSpec spec;
  CHECK(named(spec, requests(Milestone::Started, 0, 30)) == "prefill");
  CHECK(named(spec, requests(Milestone::Prefilled, 1, 30)) == "prefill");
  CHECK(named(spec, requests(Milestone::Received, 0, 30)) == "VPC plane: prompts on their way to the scheduler");
  CHECK(named(spec, requests(Milestone::Decoded, 0, 30)) == "decode iterations");
  CHECK(named(spec, requests(Milestone::HandedOver, 0, 30)) == "RDMA plane: hand-over");
  CHECK(named(spec, requests(Milestone::Loaded, 0, 30)) == "UB plane: load of cached KV");
  spec.handover = HandoverPlane::Ub;
  spec.pool.plane = PoolPlane::Vpc;
  CHECK(named(spec, requests(Milestone::HandedOver, 0, 30)) == "UB plane: hand-over");
  CHECK(named(spec, requests(Milestone::Loaded, 0, 30)) == "VPC plane: load of cached KV");
}

TEST_CASE("a wait for decode is named after what decode lacks, or after a slow hand-over that holds places")
{
  const ServingSpec spec;
  const auto waiting = requests(Milestone::Admitted, 0, 30);
  CHECK(named(spec, waiting, {.for_memory = 3, .for_place = 1}) == MemoryOfDecode);
  CHECK(named(spec, waiting, {.for_memory = 1, .for_place = 3}) == PlacesInBatch);
  CHECK(named(spec, waiting, {.for_memory = 1, .for_place = 3, .for_target = 5}) == "tpot_target");
  CHECK(named(spec, waiting, {.for_memory = 3, .for_place = 1, .for_target = 2}) == MemoryOfDecode);
  auto held = waiting;
  for (RequestRecord& record : held)
    for (const Milestone later : {Milestone::HandedOver, Milestone::Decoded})
      record.at[static_cast<std::size_t>(later)] += static_cast<std::int64_t>(4 * Second);
  for (RequestRecord& record : held)
    record.last_token = record.when(Milestone::Decoded) + static_cast<std::int64_t>(Second);
  CHECK(named(spec, held, {.for_memory = 1, .for_place = 3}) == "RDMA plane: hand-over");
}

TEST_CASE("when nothing grows, the longest part is named")
{
  const auto part = slow_part(requests(Milestone::HandedOver, 50, 50));
  REQUIRE(part);
  CHECK_FALSE(part->grows);
  CHECK(part->end == Milestone::HandedOver);
  CHECK(part->before == Approx(50));
  CHECK(slow_part(requests(Milestone::Started, 2, 4))->grows);
  CHECK_FALSE(slow_part(std::vector<RequestRecord>(3)));
}

TEST_CASE("a sentence says which stage is at its limit and what takes most of the time to first token")
{
  sim::metrics::Result result;
  result.breakdown_of = "the time to first token";
  result.breakdown = {{"queue for prefill", 60, "ms"}, {"prefill", 30, "ms"}, {"hand-over", 10, "ms"}};
  const std::string part =
      "; the largest part of the time to first token is queue for prefill, 60.0 % of 100 ms; next is prefill, 30.0 %.";
  const MeasuredLoads idle{
      .prefill_busy = 0.5, .prefill_fill = 0.25, .decode = {.places = 0.4, .memory = 0.1}, .dropped_blocks = 0};
  CHECK(limit_sentence(idle, "", result) == "Nothing is at its limit: prefill is busy 50 % of the time with batches 25 "
                                            "% full, decode takes 40 % of its places "
                                            "and 10 % of its memory" +
                                                part);
  MeasuredLoads busy = idle;
  busy.prefill_busy = 0.97;
  // Small batches grow when there is more to do.
  CHECK_THAT(
      limit_sentence(busy, "", result),
      Catch::StartsWith("Nothing is at its limit: prefill is busy 97 % of the time with batches 25 % full, which "
                        "can take more prompts, decode"));
  busy.prefill_fill = 0.8;
  CHECK(limit_sentence(busy, "", result) ==
        "At the limit: prefill is busy 97 % of the time with batches 80 % full" + part);
  MeasuredLoads full = idle;
  full.decode.memory = 0.95;
  full.dropped_blocks = 7;
  CHECK_THAT(
      limit_sentence(full, "", result),
      Catch::StartsWith("At the limit: decode takes 40 % of its places and 95 % of its memory, the context cache is "
                        "full and drops blocks; "));
  CHECK_THAT(limit_sentence(idle, "prefill", result), Catch::StartsWith("The service is limited by prefill; "));
  CHECK(limit_sentence({}, "", {}) == "Nothing is at its limit.");
}

TEST_CASE("the room that decode needs is that of the requests in it at a time")
{
  // One a second, each 10 s in decode.
  auto records = requests(Milestone::Started, 0.1, 0.1, 10);
  for (RequestRecord& record : records) {
    record.input_tokens = 900;
    record.at[static_cast<std::size_t>(Milestone::Admitted)] =
        record.last_token - static_cast<std::int64_t>(10 * Second);
  }
  const ArrivalWindow window = arrival_window(records, 0);
  const RoomTaken taken = room_taken(records, window, {.requests = 20, .tokens = 40000});
  CHECK(taken.places == Approx(0.5).epsilon(0.02));
  CHECK(taken.memory == Approx(0.25).epsilon(0.02));
  CHECK(room_taken(records, {}, {.requests = 20, .tokens = 40000}).places == 0);
}

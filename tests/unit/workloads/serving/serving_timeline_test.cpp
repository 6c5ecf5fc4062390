#include "tests/support/small_service.h"
#include "workloads/serving/serving_timeline.h"

using namespace cm;
using namespace cm::workloads;

TEST_CASE("a timeline of serving has a row for each instance, and counters of the series behind them")
{
  tests::SmallService service;
  service.spec.prefill_instances = 2;
  sim::timeline::Timeline timeline;
  ServingTimeline rows(&timeline, service.spec);
  rows.prefilled(1, Seconds(1), Seconds(2), {.prompts = 3, .new_tokens = 500, .cached_tokens = 128});
  rows.decoded(0, Seconds(2), Seconds(2.5), 4, 2400);
  rows.add({{"decode_batch", {.unit = "requests", .time_s = {0.5, 1}, .value = {2, 7}}}});
  REQUIRE(timeline.tracks().size() == 3);
  CHECK(timeline.tracks()[0].name == "prefill 0");
  CHECK(timeline.tracks()[1].name == "prefill 1");
  CHECK(timeline.tracks()[2].name == "decode");
  REQUIRE(timeline.slices().size() == 2);
  const sim::timeline::Slice& batch = timeline.slices()[0];
  CHECK(batch.track == 1);
  CHECK(batch.name == "batch");
  CHECK(batch.start == Picoseconds(1'000'000'000'000));
  CHECK(batch.end == Picoseconds(2'000'000'000'000));
  CHECK(batch.arguments ==
        std::vector<sim::timeline::Argument>{{"prompts", 3}, {"new tokens", 500}, {"cached tokens", 128}});
  const sim::timeline::Slice& iteration = timeline.slices()[1];
  CHECK(iteration.track == 2);
  CHECK(iteration.arguments == std::vector<sim::timeline::Argument>{{"requests", 4}, {"KV tokens", 2400}});
  REQUIRE(timeline.counters().size() == 1);
  CHECK(timeline.counters()[0].unit == "requests");
  REQUIRE(timeline.samples().size() == 2);
  CHECK(timeline.samples()[1].at == Picoseconds(1'000'000'000'000));
  CHECK(timeline.samples()[1].value == 7);
}

TEST_CASE("rows of no timeline take everything and keep nothing")
{
  ServingTimeline rows(nullptr, tests::SmallService().spec);
  rows.prefilled(0, Seconds(1), Seconds(2), {});
  rows.decoded(0, Seconds(1), Seconds(2), 1, 1);
  rows.add({{"decode_batch", {.unit = "requests", .time_s = {1}, .value = {1}}}});
}

TEST_CASE("several decode instances have a row each")
{
  tests::SmallService service;
  service.spec.decode_instances = 2;
  sim::timeline::Timeline timeline;
  ServingTimeline rows(&timeline, service.spec);
  rows.decoded(1, Seconds(1), Seconds(2), 1, 600);
  REQUIRE(timeline.tracks().size() == 3);
  CHECK(timeline.tracks()[1].name == "decode 0");
  CHECK(timeline.tracks()[2].name == "decode 1");
  CHECK(timeline.slices().at(0).track == 2);
}

#include "sim/diagnostics/errors.h"
#include "sim/timeline/gzip.h"
#include "sim/timeline/timeline.h"
#include "sim/timeline/trace_json.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::timeline;

namespace {

std::size_t place_of(const std::string& text, const std::string& words)
{
  const std::size_t place = text.find(words);
  INFO(words << " in " << text);
  REQUIRE(place != std::string::npos);
  return place;
}

}  // namespace

TEST_CASE("times of a trace are exact to the picosecond")
{
  Timeline timeline;
  const TrackIndex track = timeline.add_track(timeline.add_process("die 0"), "stream");
  timeline.add(Slice{track, "gate", Picoseconds(1), Picoseconds(83'000'000'000'000'001), {{"layer", 7}}});
  CHECK(to_trace_json(timeline).find(R"({"ph":"X","name":"gate","cat":"work","ts":0.000001,"dur":83000000000.000000,)"
                                     R"("pid":1,"tid":1,"args":{"layer":7}})") != std::string::npos);
}

TEST_CASE("events are sorted by time and an outer slice comes before what it holds")
{
  Timeline timeline;
  const std::uint32_t process = timeline.add_process("die \"0\"");
  const TrackIndex track = timeline.add_track(process, "stream");
  const CounterIndex counter = timeline.add_counter(process, "sub-plane 0", "percent");
  timeline.add(Slice{track, "last", Picoseconds(90), Picoseconds(95), {}});
  timeline.add(Slice{track, "inner", Picoseconds(10), Picoseconds(20), {}});
  timeline.add(Slice{track, "outer", Picoseconds(10), Picoseconds(30), {}});
  timeline.add(Arrow{3, ArrowPoint::End, track, Picoseconds(92)});
  timeline.add(Arrow{3, ArrowPoint::Start, track, Picoseconds(10)});
  timeline.add(Sample{counter, Picoseconds(0), 12.5});
  const std::string text = to_trace_json(timeline);
  CHECK(place_of(text, R"("name":"die \"0\"")") < place_of(text, R"("percent":12.5)"));
  CHECK(place_of(text, R"("percent":12.5)") < place_of(text, R"("outer")"));
  CHECK(place_of(text, R"("outer")") < place_of(text, R"("inner")"));
  CHECK(place_of(text, R"("inner")") < place_of(text, R"("ph":"s")"));
  CHECK(place_of(text, R"("last")") < place_of(text, R"("ph":"f")"));
}

TEST_CASE("a slice that ends before it starts is a mistake of ours")
{
  Timeline timeline;
  const TrackIndex track = timeline.add_track(timeline.add_process("die 0"), "stream");
  CHECK_THROWS_AS(timeline.add(Slice{track, "gate", Picoseconds(2), Picoseconds(1), {}}), SimulationError);
  CHECK_NOTHROW(timeline.add(Slice{track, "gate", Picoseconds(2), Picoseconds(2), {}}));
}

TEST_CASE("a compressed text says neither when nor where it was made")
{
  const std::string file = gzip(std::string(3'000'000, 'a') + "b");
  CHECK(file.size() < 5'000);
  CHECK(file.substr(0, 4) == std::string("\x1f\x8b\x08\x00", 4));  // gzip, deflate, no name
  CHECK(file.substr(4, 4) == std::string(4, '\0'));                // no time
  // The last four bytes are the length of what was compressed.
  CHECK(static_cast<unsigned char>(file[file.size() - 4]) == (3'000'001 & 0xFF));
  CHECK(gzip("").size() == 20);
}

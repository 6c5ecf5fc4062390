#include "sim/timeline/trace_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace cm::sim::timeline {
namespace {

// Processes and tracks are numbered from 1: 0 means "the system" to some viewers.
constexpr std::uint32_t FirstNumber = 1;

std::string json_text(std::string_view text)
{
  return nlohmann::json(text).dump();
}

// Exact: whole picoseconds are six decimals of a microsecond.
std::string in_microseconds(std::int64_t picoseconds)
{
  constexpr std::int64_t PerMicrosecond = 1'000'000;
  return fmt::format("{}.{:06}", picoseconds / PerMicrosecond, picoseconds % PerMicrosecond);
}

// One event on its way into the file, with what decides its place.
struct Line {
  std::int64_t at = 0;
  std::int64_t longer_first = 0;  // minus the duration: what encloses others comes before them
  std::string text;
};

std::string arguments_of(const Slice& slice)
{
  if (slice.arguments.empty())
    return {};
  std::string text;
  for (const Argument& argument : slice.arguments)
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", json_text(argument.key), argument.value);
  return fmt::format(",\"args\":{{{}}}", text);
}

std::string place(const Timeline& timeline, TrackIndex track)
{
  return fmt::format("\"pid\":{},\"tid\":{}", timeline.tracks().at(track).process + FirstNumber, track + FirstNumber);
}

Line line_of(const Timeline& timeline, const Slice& slice)
{
  const std::int64_t lasts = slice.end.count() - slice.start.count();
  return {slice.start.count(), -lasts,
          fmt::format(R"({{"ph":"X","name":{},"cat":"work","ts":{},"dur":{},{}{}}})", json_text(slice.name),
                      in_microseconds(slice.start.count()), in_microseconds(lasts), place(timeline, slice.track),
                      arguments_of(slice))};
}

Line line_of(const Timeline& timeline, const Arrow& arrow)
{
  constexpr std::string_view Letters = "stf";
  // Without the binding point an arrow's end belongs to the next slice that starts, not to the one around it.
  constexpr std::string_view Enclosing = R"("bp":"e",)";
  return {arrow.at.count(), 1,
          fmt::format(R"({{"ph":"{}","name":"rows","cat":"rows","id":{},{}"ts":{},{}}})",
                      Letters[static_cast<std::size_t>(arrow.point)], arrow.id, Enclosing,
                      in_microseconds(arrow.at.count()), place(timeline, arrow.track))};
}

Line line_of(const Timeline& timeline, const Sample& sample)
{
  const Timeline::Counter& counter = timeline.counters().at(sample.counter);
  return {sample.at.count(), 1,
          fmt::format(R"({{"ph":"C","name":{},"ts":{},"pid":{},"tid":0,"args":{{{}:{:.4g}}}}})",
                      json_text(counter.name), in_microseconds(sample.at.count()), counter.process + FirstNumber,
                      json_text(counter.unit), sample.value)};
}

std::string named(std::string_view what, std::uint32_t process, std::uint32_t track, std::string_view name)
{
  return fmt::format(R"({{"ph":"M","name":"{}","ts":0,"pid":{},"tid":{},"args":{{"name":{}}}}})", what, process, track,
                     json_text(name));
}

std::string ordered(std::string_view what, std::uint32_t process, std::uint32_t track, std::uint32_t order)
{
  return fmt::format(R"({{"ph":"M","name":"{}","ts":0,"pid":{},"tid":{},"args":{{"sort_index":{}}}}})", what, process,
                     track, order);
}

std::vector<std::string> names_of(const Timeline& timeline)
{
  std::vector<std::string> lines;
  for (std::uint32_t index = 0; index < timeline.processes().size(); ++index) {
    lines.push_back(named("process_name", index + FirstNumber, 0, timeline.processes()[index]));
    lines.push_back(ordered("process_sort_index", index + FirstNumber, 0, index));
  }
  for (TrackIndex index = 0; index < timeline.tracks().size(); ++index) {
    const Timeline::Track& track = timeline.tracks()[index];
    lines.push_back(named("thread_name", track.process + FirstNumber, index + FirstNumber, track.name));
    lines.push_back(ordered("thread_sort_index", track.process + FirstNumber, index + FirstNumber, index));
  }
  return lines;
}

}  // namespace

std::string to_trace_json(const Timeline& timeline)
{
  std::vector<Line> lines;
  lines.reserve(timeline.slices().size() + timeline.arrows().size() + timeline.samples().size());
  const auto append = [&](const auto& events) {
    std::ranges::transform(events, std::back_inserter(lines),
                           [&](const auto& event) { return line_of(timeline, event); });
  };
  append(timeline.slices());
  append(timeline.arrows());
  append(timeline.samples());
  // Stable: events of equal place keep the order in which they were recorded.
  std::ranges::stable_sort(lines, {}, [](const Line& line) { return std::pair(line.at, line.longer_first); });

  std::string text = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
  std::string_view separator = "\n";
  const auto write = [&](std::string_view line) {
    text += separator;
    text += line;
    separator = ",\n";
  };
  std::ranges::for_each(names_of(timeline), write);
  for (const Line& line : lines)
    write(line.text);
  return text + "\n]}\n";
}

}  // namespace cm::sim::timeline

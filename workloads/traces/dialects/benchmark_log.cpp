#include "workloads/traces/dialects/benchmark_log.h"

#include "sim/config/json_text.h"
#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "sim/random/random_stream.h"
#include "workloads/traces/arrival_gaps.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace cm::workloads {
namespace {

using Json = nlohmann::json;

constexpr std::size_t MostBytes = std::size_t{512} << 20U;
// Latencies and texts, which are the most of a log and none of a request.
const std::set<std::string, std::less<>> LeftOut{"itls", "generated_texts", "ttfts", "output_details"};

// Python writes numbers that JSON has not. They become texts of the same length, so that columns stay as they are.
void quote_infinities(std::string& text)
{
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> Words{
      {{"-Infinity", "\"-inf\"   "}, {"Infinity", "\"inf\"   "}, {"NaN", "\"n\""}}};
  bool is_inside = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && is_inside)
      ++at;
    else if (text[at] == '"')
      is_inside = !is_inside;
    else if (!is_inside && (text[at] == 'I' || text[at] == 'N' || text[at] == '-'))
      for (const auto& [word, instead] : Words)
        if (text.compare(at, word.size(), word) == 0) {
          text.replace(at, word.size(), instead);
          at += word.size() - 1;
          break;
        }
  }
}

// One run, with the place of its object in the file.
struct Run {
  std::string text;
  int line = 1;
};

class RunReader {
 public:
  RunReader(const RequestFileSpec& spec, Run run) : spec_(spec), run_(std::move(run))
  {
    const Json::parser_callback_t keep = [](int depth, Json::parse_event_t event, Json& key) {
      return event != Json::parse_event_t::key || depth != 1 || !LeftOut.contains(key.get_ref<const std::string&>());
    };
    object_ = Json::parse(run_.text, keep, false);
    if (!object_.is_object())
      refuse({}, "expected an object {...} a run");
    refuse_without_lists();
    const std::size_t count = object_["input_lens"].size();
    for (const char* name : {"output_lens", "start_times", "errors"})
      if (const auto list = object_.find(name); list != object_.end() && list->is_array() && list->size() != count)
        refuse({name},
               fmt::format("{}: expected {} entries, as many as input_lens has, found {}", name, count, list->size()));
  }

  std::unique_ptr<LineSource> read(const std::string& which)
  {
    const Json& inputs = object_["input_lens"];
    place_arrivals(inputs.size());
    std::vector<LineOutcome> outcomes;
    outcomes.reserve(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i)
      outcomes.push_back(outcome_of(i));
    return sorted_lines(std::move(outcomes), which + (which.empty() || note_.empty() ? "" : "; ") + note_);
  }

 private:
  void refuse_without_lists() const
  {
    std::vector<std::string> missing;
    bool is_key = false;
    for (const char* name : {"input_lens", "output_lens"})
      if (const auto list = object_.find(name); list == object_.end() || !list->is_array()) {
        missing.emplace_back(name);
        is_key = is_key || list != object_.end();
      }
    if (!missing.empty())
      refuse({}, fmt::format("expected the list{} {} of a log with details (vLLM: --save-detailed, SGLang: "
                             "--output-details), found no such {}",
                             missing.size() == 1 ? "" : "s", sim::config::joined(missing, " and "),
                             is_key ? "list" : "key"));
  }

  [[noreturn]] void refuse(const std::vector<std::string>& keys, const std::string& what) const
  {
    throw ConfigError(fmt::format("{}: {}", to_text(position_of(keys)), what));
  }

  [[nodiscard]] sim::config::Position position_of(const std::vector<std::string>& keys) const
  {
    const sim::config::JsonPlace place = sim::config::json_place(run_.text, keys);
    return {spec_.path, run_.line + place.line - 1, place.column};
  }

  [[nodiscard]] DamagedLine damaged(const std::vector<std::string>& keys, std::string what) const
  {
    const sim::config::Position place = position_of(keys);
    return {place.line, place.column, std::move(what)};
  }

  // A number that is finite; empty for others.
  [[nodiscard]] std::optional<double> number(const char* name) const
  {
    const auto found = object_.find(name);
    return found != object_.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
  }

  [[nodiscard]] bool is_failed(std::size_t i) const
  {
    const auto errors = object_.find("errors");
    if (errors == object_.end() || !errors->is_array())
      return false;
    const Json& error = (*errors)[i];
    return error.is_string() && !error.get_ref<const std::string&>().empty();
  }

  LineOutcome outcome_of(std::size_t i)
  {
    if (is_failed(i))
      return FailedRequest{};
    Line line{.record = {}, .line = run_.line, .column = 1};
    for (const auto& [name, least, target] :
         {std::tuple{"input_lens", std::int64_t{1}, &line.record.request.input_tokens},
          std::tuple{"output_lens", std::int64_t{0}, &line.record.request.output_tokens}}) {
      const Json& tokens = object_[name][i];
      if (!tokens.is_number_integer() || tokens.get<std::int64_t>() < least || tokens.get<std::int64_t>() > MostTokens)
        return damaged({name, fmt::format("{}", i)},
                       fmt::format("{}: expected a number of tokens from {} to {}, found {}", name, least, MostTokens,
                                   shortened(tokens.dump())));
      *target = tokens.get<std::int64_t>();
    }
    if (line.record.request.output_tokens == 0)
      return FailedRequest{};
    if (starts_.empty()) {
      const Json& start = object_["start_times"][i];
      const auto stamp = start.is_number() ? stamp_of(start.get<double>(), TimeUnit::Seconds) : std::nullopt;
      if (!stamp)
        return damaged({"start_times", fmt::format("{}", i)},
                       fmt::format("start_times: expected a number of seconds from 0 to {:.0f}, found {}", LatestStamp,
                                   shortened(start.dump())));
      line.record.time = stamp;
    } else {
      line.record.time = starts_[i];
    }
    return line;
  }

  // Times of a log without any.
  void place_arrivals(std::size_t count)
  {
    if (const auto times = object_.find("start_times"); times != object_.end() && times->is_array())
      return;
    const auto rate = number("request_rate");
    const auto duration = number("duration");
    if (rate && *rate >= 1e-6 && *rate <= 1e9) {
      draw_gaps(count, *rate);
    } else if (object_.value("max_concurrency", Json()).is_number() && duration && *duration > 0 && *duration <= 1e7) {
      for (std::size_t i = 0; i < count; ++i)
        starts_.push_back(
            *stamp_of(*duration * static_cast<double>(i) / static_cast<double>(count), TimeUnit::Seconds));
      note_ = "the log has no start times: its requests, of which so many were kept under way as max_concurrency says, "
              "arrive evenly over its duration";
    } else {
      starts_.assign(count, Stamp{});
      note_ = "the log has neither start times nor a request rate: all requests arrive at once";
    }
  }

  void draw_gaps(std::size_t count, double rate)
  {
    const double burstiness = number("burstiness").value_or(1);
    if (!(burstiness >= 1e-3 && burstiness <= 1e6))
      refuse({"burstiness"}, fmt::format("burstiness: expected a number from 0.001 to 1000000, found {}", burstiness));
    sim::RandomStream gaps(spec_.seed, "arrivals");
    double now = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto stamp = stamp_of(now, TimeUnit::Seconds);
      if (!stamp)
        refuse({"request_rate"}, fmt::format("request_rate: expected all requests within {:.0f} s", LatestStamp));
      starts_.push_back(*stamp);
      now += (burstiness == 1 ? exponential_gap(gaps) : gamma_gap(burstiness, gaps)) / rate;
    }
    note_ = fmt::format("the log has no start times: gaps are drawn at its {} requests/s{}", rate,
                        burstiness == 1 ? "" : fmt::format(" with burstiness {}", burstiness));
  }

  const RequestFileSpec& spec_;
  Run run_;
  Json object_;
  std::vector<Stamp> starts_;  // empty: those of the log
  std::string note_;
};

// The problem, and what it means at the end of the text.
std::string problem_text(const sim::config::JsonProblem& problem, const TraceReading& reading)
{
  return problem.what.ends_with("found the end of the text")
             ? fmt::format("{}: it ends too early; it looks like {}: {}", problem.what, reading.row->name,
                           reading.row->sentence)
             : problem.what;
}

// All runs of the file: it is one object, or lines of them.
std::vector<Run> runs_of(const RequestFileSpec& spec, const TraceReading& reading)
{
  std::string text = read_input(spec.path, MostBytes);
  quote_infinities(text);
  const auto whole = sim::config::json_problem(text);
  if (!whole)
    return {{std::move(text), 1}};
  std::vector<Run> runs;
  int number = 0;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string line = text.substr(start, end - start);
    start = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    if (const auto problem = sim::config::json_problem(line)) {
      // A file of one object over many lines has its own mistake.
      const bool is_one = runs.empty();
      throw ConfigError(fmt::format("{}:{}:{}: {}", spec.path, is_one ? whole->place.line : number,
                                    is_one ? whole->place.column : problem->place.column,
                                    problem_text(is_one ? *whole : *problem, reading)));
    }
    runs.push_back({std::move(line), number});
  }
  return runs;
}

}  // namespace

std::unique_ptr<LineSource> read_benchmark_log(const RequestFileSpec& spec, const TraceReading& reading)
{
  std::vector<Run> runs = runs_of(spec, reading);
  const auto count = static_cast<std::int64_t>(runs.size());
  if (reading.run > count)
    throw ConfigError(fmt::format("{}:1:1: expected a run from 1 to {}, found workload.trace_format.run={}", spec.path,
                                  count, reading.run));
  const std::int64_t run = reading.run == 0 ? count : reading.run;
  return RunReader(spec, std::move(runs.at(static_cast<std::size_t>(run - 1))))
      .read(count == 1 ? "" : fmt::format("run {} of {}", run, count));
}

}  // namespace cm::workloads

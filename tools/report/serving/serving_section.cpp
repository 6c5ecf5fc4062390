#include "tools/report/serving/serving_section.h"

#include "tools/report/serving/serving_charts.h"
#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace cm::tools {
namespace {

struct Column {
  std::string_view name;   // of the file
  std::string_view title;  // of the page
};
// Parts of a request's time, in their order.
constexpr std::array<Column, 9> Parts{{{"ingress_ms", "ingress"},
                                       {"look_up_ms", "look-up"},
                                       {"kv_load_ms", "load of cached KV"},
                                       {"prefill_queue_ms", "queue for prefill"},
                                       {"prefill_ms", "prefill"},
                                       {"decode_queue_ms", "room for decode"},
                                       {"handover_ms", "hand-over"},
                                       {"first_decode_ms", "first decode"},
                                       {"decode_ms", "decode"}}};
constexpr std::array<Column, 9> Facts{{{"arrival_s", "arrived at, s"},
                                       {"input_tokens", "prompt, tokens"},
                                       {"cached_tokens", "cached of these"},
                                       {"output_tokens", "answer, tokens"},
                                       {"prefill_instance", "prefill instance"},
                                       {"decode_rank", "decode rank"},
                                       {"ttft_ms", "time to first token, ms"},
                                       {"tpot_ms", "time per output token, ms"},
                                       {"e2e_ms", "end to end, ms"}}};

struct List {
  std::string_view table;
  std::string_view title;
  std::string_view mark;
  std::string_view total;  // column that the drawn parts add up to
};
constexpr std::array<List, 2> Lists{{{"slowest_by_ttft", "Slowest to the first token", "first token", "ttft_ms"},
                                     {"slowest_by_e2e", "Slowest from end to end", "end to end", "e2e_ms"}}};

// The rows of a table of the file, with cells by the name of their column.
class Requests {
 public:
  explicit Requests(const Json& table) : rows_(table.at("rows"))
  {
    for (const Json& column : table.at("columns"))
      columns_.push_back(column.is_string() ? column.get<std::string>() : "");
  }

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] std::string number(std::size_t row) const
  {
    const Json& cell = rows_.at(row).at(0);
    return cell.is_string() ? cell.get<std::string>() : cell.dump();
  }
  [[nodiscard]] std::optional<double> value(std::size_t row, std::string_view column) const
  {
    const auto index = static_cast<std::size_t>(std::ranges::find(columns_, column) - columns_.begin());
    if (index == columns_.size() || !rows_.at(row).at(index).is_number())
      return std::nullopt;
    return rows_.at(row).at(index).get<double>();
  }

 private:
  const Json& rows_;
  std::vector<std::string> columns_;
};

// The parts of a request that end within `total` ms of its arrival.
RequestTime time_of(const Requests& requests, std::size_t row, std::string_view total)
{
  constexpr double Rounding = 1e-6;  // ms; times are whole picoseconds
  RequestTime time{requests.number(row), requests.value(row, "arrival_s").value_or(0), {}};
  const double whole = requests.value(row, total).value_or(0);
  double start = 0;
  for (const Column& part : Parts) {
    const double took = requests.value(row, part.name).value_or(0);
    if (start + took > whole + Rounding)
      break;
    time.parts.push_back({std::string(part.title), start, start + took});
    start += took;
  }
  return time;
}

// Without requests of which no part is known.
std::vector<RequestTime> times_of(const Requests& requests, std::string_view total)
{
  std::vector<RequestTime> times;
  for (std::size_t row = 0; row < requests.size(); ++row)
    if (RequestTime time = time_of(requests, row, total); !time.parts.empty() && time.parts.back().end > 0)
      times.push_back(std::move(time));
  return times;
}

// A column a request: parts of several requests are compared along a line.
PageTable table_of(const std::string& title, const Requests& requests)
{
  PageTable table{title, {{"request"}}, {}};
  for (std::size_t row = 0; row < requests.size(); ++row)
    table.columns.push_back({requests.number(row), true});
  const auto add = [&](const Column& column, const std::string& text) {
    std::vector<std::string> cells{text};
    for (std::size_t row = 0; row < requests.size(); ++row) {
      const auto value = requests.value(row, column.name);
      cells.push_back(value ? short_number(*value) : "-");
    }
    table.rows.push_back(std::move(cells));
  };
  for (const Column& fact : Facts)
    add(fact, std::string(fact.title));
  for (const Column& part : Parts)
    add(part, fmt::format("{}, ms", part.title));
  return table;
}

// Values of a series of the file; none where there is no such series.
std::vector<double> values_of(const Json& series, const std::string& name, const char* key)
{
  const auto found = series.find(name);
  return found == series.end() ? std::vector<double>{} : found->at(key).get<std::vector<double>>();
}

// Empty where a series is missing or the windows of two are not the same.
std::optional<LatencyWindows> windows_of(const Json& series, const std::string& quantity)
{
  LatencyWindows windows;
  windows.end_s = values_of(series, fmt::format("{}_window_requests", quantity), "time_s");
  windows.requests = values_of(series, fmt::format("{}_window_requests", quantity), "value");
  const std::vector<double> objective = values_of(series, fmt::format("{}_objective_ms", quantity), "value");
  if (windows.end_s.empty() || objective.empty())
    return std::nullopt;
  windows.objective_ms = objective.front();
  for (const char* const percentile : {"p50", "p90", "p99"}) {
    windows.percentiles.emplace_back(percentile,
                                     values_of(series, fmt::format("{}_{}_ms", quantity, percentile), "value"));
    if (windows.percentiles.back().second.size() != windows.end_s.size())
      return std::nullopt;
  }
  return windows;
}

PageSection latency_section(const Json& series)
{
  PageSection section{"Latency over time", {}};
  for (const auto& [quantity, title] : {std::pair{"ttft", "Time to first token"}, {"tpot", "Time per output token"}})
    // A single window says less than the distribution.
    if (const auto windows = windows_of(series, quantity); windows && windows->end_s.size() > 1)
      section.blocks.emplace_back(latency_chart(fmt::format("{}-over-time", quantity), title, *windows));
  return section;
}

void add_marked(std::vector<RequestTime>& all, RequestTime time, std::string_view mark)
{
  const auto same = std::ranges::find_if(
      all, [&](const RequestTime& each) { return each.label.starts_with(fmt::format("{} (", time.label)); });
  if (same != all.end()) {
    same->label = fmt::format("{} (both)", time.label);
    return;
  }
  time.label = fmt::format("{} ({})", time.label, mark);
  all.push_back(std::move(time));
}

PageSection slowest_section(const Json& tables)
{
  PageSection section{"Slowest requests", {}};
  std::vector<RequestTime> all;
  std::vector<PageTable> numbers;
  for (const List& list : Lists) {
    const auto table = tables.find(std::string(list.table));
    if (table == tables.end() || table->at("rows").empty())
      continue;
    const Requests requests(*table);
    if (const std::vector<RequestTime> times = times_of(requests, list.total); !times.empty())
      section.blocks.emplace_back(parts_chart(file_name_of(std::string(list.table)), std::string(list.title), times));
    numbers.push_back(table_of(fmt::format("{}: {}", list.title, table->value("sentence", "")), requests));
    for (RequestTime& time : times_of(requests, "e2e_ms"))
      add_marked(all, std::move(time), list.mark);
  }
  std::ranges::stable_sort(all, {}, &RequestTime::arrival_s);
  if (!all.empty())
    section.blocks.emplace_back(requests_chart(all));
  for (PageTable& table : numbers)
    section.blocks.emplace_back(std::move(table));
  return section;
}

const Json& member(const Json& object, const char* name)
{
  static const Json Nothing = Json::object();
  const auto found = object.find(name);
  return found == object.end() ? Nothing : *found;
}

}  // namespace

bool is_in_serving_section(const std::string& name)
{
  if (std::ranges::find(Lists, std::string_view(name), &List::table) != Lists.end())
    return true;
  constexpr std::array<std::string_view, 5> OfWindows{"p50_ms", "p90_ms", "p99_ms", "objective_ms", "window_requests"};
  return (name.starts_with("ttft_") || name.starts_with("tpot_")) &&
         std::ranges::find(OfWindows, std::string_view(name).substr(name.find('_') + 1)) != OfWindows.end();
}

std::vector<PageSection> serving_sections(const Json& result)
{
  return {latency_section(member(result, "series")), slowest_section(member(result, "tables"))};
}

}  // namespace cm::tools

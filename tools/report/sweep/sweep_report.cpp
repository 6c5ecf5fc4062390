#include "tools/report/sweep/sweep_report.h"

#include "sim/config/suggestion.h"
#include "tools/report/inputs_section.h"
#include "tools/report/numbers/plain_unit.h"
#include "tools/report/sweep/best_points.h"
#include "tools/report/sweep/sweep_charts.h"
#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace cm::tools {
namespace {

constexpr std::size_t MostReasons = 20;
// A surface of fewer values an axis says no more than lines.
constexpr std::size_t SurfaceValues = 3;

// Metrics that people ask for first, where a base has them.
constexpr std::array<const char*, 4> Headlines{"tpot_ms", "capacity_rps", "goodput_rps", "time_us"};

std::vector<std::string> bases_of(const SweepData& sweep)
{
  std::vector<std::string> bases;
  for (const PointData& point : sweep.points)
    if (std::ranges::find(bases, point.base) == bases.end())
      bases.push_back(point.base);
  return bases;
}

std::vector<std::string> metrics_of(const std::vector<PointData>& points)
{
  std::vector<std::string> metrics;
  for (const PointData& point : points)
    for (const auto& [name, value] : point.numbers)
      if (std::ranges::find(metrics, name) == metrics.end())
        metrics.push_back(name);
  for (const char* const headline : Headlines)
    if (const auto found = std::ranges::find(metrics, headline); found != metrics.end()) {
      std::rotate(metrics.begin(), found, found + 1);
      break;
    }
  return metrics;
}

// "2 refused, 1 failed".
std::string undone_in(const std::vector<PointData>& points)
{
  std::string text;
  for (const char* const status : {"refused", "failed"})
    if (const auto count = std::ranges::count(points, status, &PointData::status); count > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, status);
  return text;
}

BasePoints done_points(const SweepData& sweep, const std::string& base)
{
  std::vector<PointData> all;
  std::ranges::copy_if(sweep.points, std::back_inserter(all),
                       [&](const PointData& point) { return point.base == base; });
  BasePoints done{base, {}, varied_axes(all), {}, sweep.facts, undone_in(all)};
  std::ranges::copy_if(all, std::back_inserter(done.points),
                       [](const PointData& point) { return point.status == "done"; });
  done.metrics = metrics_of(done.points);
  return done;
}

// "yes", "yes, SLO missed", "no: overloaded"; "-" for a result that does not say whether it is steady.
std::string standing_of(const PointData& point)
{
  if (!point.health.is_steady)
    return point.health.is_overloaded() ? "no: overloaded" : "no";
  const std::string steady = point.health.says_steady ? "yes" : "-";
  return point.health.misses_levels() ? steady + ", SLO missed" : steady;
}

// Axes and the keys that change with them.
std::vector<std::pair<std::string, bool>> keys_of(const BasePoints& base)
{
  std::vector<std::pair<std::string, bool>> keys;
  for (const SweepAxis& axis : base.axes) {
    keys.emplace_back(axis.key, axis.is_number);
    for (const std::string& linked : axis.linked)
      keys.emplace_back(linked, false);
  }
  return keys;
}

PageTable points_table(const BasePoints& base)
{
  PageTable table{fmt::format("All points of {}", base.base), {}, {}, true};
  const auto keys = keys_of(base);
  for (const auto& [key, is_number] : keys)
    table.columns.push_back({key.substr(key.rfind('.') + 1), is_number});
  table.key_columns = keys.size();
  table.columns.push_back({"steady"});
  table.columns.push_back({"warnings", true});
  for (const std::string& metric : base.metrics)
    table.columns.push_back({with_unit(metric, base.unit_of(metric)), true});
  for (const PointData& point : base.points) {
    std::vector<std::string> cells;
    for (const auto& [key, is_number] : keys)
      cells.push_back(text_at(point, key));
    cells.push_back(standing_of(point));
    cells.push_back(fmt::format("{}", point.health.warnings));
    for (const std::string& metric : base.metrics) {
      const double* const value = point.number(metric);
      cells.push_back(value == nullptr ? "-" : plain_number(*value * base.unit_of(metric).factor));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

// Each once, with the numbers that it speaks against.
PageList caveats_of(const std::vector<PointData>& points)
{
  std::vector<std::pair<std::string, std::vector<std::string>>> caveats;
  for (const PointData& point : points)
    for (const auto& [name, text] : point.caveats) {
      auto entry = std::ranges::find(caveats, text, [](const auto& each) { return each.first; });
      if (entry == caveats.end())
        entry = caveats.insert(entry, {text, {}});
      if (std::ranges::find(entry->second, name) == entry->second.end())
        entry->second.push_back(name);
    }
  PageList list{"Caveats", {}, true};
  for (const auto& [text, names] : caveats)
    list.lines.push_back(fmt::format("{}: {}", sim::config::joined(names, ", "), text));
  return list;
}

PageSection base_section(const BasePoints& base)
{
  PageSection section{base.base, {}};
  if (PageList caveats = caveats_of(base.points); !caveats.lines.empty())
    section.blocks.emplace_back(std::move(caveats));
  if (!base.axes.empty() && !base.metrics.empty())
    section.blocks.emplace_back(line_chart(base));
  if (base.axes.size() > 1 && std::min(base.axes[0].values.size(), base.axes[1].values.size()) >= SurfaceValues &&
      !base.metrics.empty())
    section.blocks.emplace_back(surface_chart(base));
  if (user_against_npu(base.points).size() > 1)
    section.blocks.emplace_back(pareto_chart(base));
  if (!base.points.empty())
    section.blocks.emplace_back(points_table(base));
  return section;
}

std::size_t count_of(const SweepData& sweep, const std::string& status)
{
  return static_cast<std::size_t>(std::ranges::count(sweep.points, status, &PointData::status));
}

std::string missed_text(const RunHealth& health)
{
  return "SLO missed: " + health.attainment_text();
}

// "90 %", or "90 % to 95 %" where the points that miss it must hold different shares.
std::string required_text(const SweepData& sweep)
{
  std::vector<double> shares;
  for (const PointData& point : sweep.points)
    if (point.health.misses_levels())
      shares.push_back(point.health.required_attainment);
  const auto [least, most] = std::ranges::minmax(shares);
  return least == most ? fmt::format("{:g} %", 100 * least) : fmt::format("{:g} % to {:g} %", 100 * least, 100 * most);
}

std::size_t count_where(const SweepData& sweep, bool (*holds)(const RunHealth&))
{
  return static_cast<std::size_t>(
      std::ranges::count_if(sweep.points, [&](const PointData& point) { return holds(point.health); }));
}

// Reasons against ranking the points that are done.
std::vector<PageVerdict> doubts_of(const SweepData& sweep)
{
  const std::size_t done = count_of(sweep, "done");
  const std::size_t unsteady = count_where(sweep, [](const RunHealth& health) { return !health.is_steady; });
  const std::size_t overloaded = count_where(sweep, [](const RunHealth& health) { return health.is_overloaded(); });
  const std::size_t missed = count_where(sweep, [](const RunHealth& health) { return health.misses_levels(); });
  const std::size_t warned = count_where(sweep, [](const RunHealth& health) { return health.warnings > 0; });
  std::vector<PageVerdict> doubts;
  if (unsteady > 0)
    doubts.push_back({PageVerdict::Kind::Bad,
                      fmt::format("{} of {} points with a result are not steady ({} overloaded): their latencies and "
                                  "rates depend on the length of the run.",
                                  unsteady, done, overloaded)});
  if (missed > 0)
    doubts.push_back(
        {PageVerdict::Kind::Bad,
         fmt::format("{} of {} points with a result miss the SLO: fewer than {} of their requests hold it.", missed,
                     done, required_text(sweep))});
  if (warned > 0)
    doubts.push_back(
        {PageVerdict::Kind::Neutral, fmt::format("{} of {} points with a result have warnings.", warned, done)});
  return doubts;
}

std::vector<PageVerdict> verdicts_of(const SweepData& sweep)
{
  const std::size_t done = count_of(sweep, "done");
  const std::size_t refused = count_of(sweep, "refused");
  const std::size_t failed = count_of(sweep, "failed");
  const std::size_t planned = std::max(sweep.planned, sweep.points.size());
  const bool is_whole = failed == 0 && sweep.points.size() == planned;
  std::vector<PageVerdict> verdicts = doubts_of(sweep);
  std::string text = fmt::format("{} of {} points are done, {} were refused by their model", done, planned, refused);
  text += fmt::format(", {} failed, {} are missing.", failed, planned - sweep.points.size());
  if (done == planned)
    text = fmt::format("All {} points are done.", planned);
  // A sweep that ran whole is no good news beside points that nobody should rank.
  const PageVerdict::Kind praise = verdicts.empty() ? PageVerdict::Kind::Good : PageVerdict::Kind::Neutral;
  verdicts.insert(verdicts.begin(), {is_whole ? praise : PageVerdict::Kind::Bad, text});
  return verdicts;
}

// The points that are done and not to be ranked, with their reasons.
PageSection doubtful_section(const SweepData& sweep)
{
  PageSection section{"Points in doubt", {}};
  PageTable table{"", {{"point"}, {"why"}, {"warnings", true}}, {}};
  std::size_t left_out = 0;
  for (const PointData& point : sweep.points) {
    if (point.health.is_sound())
      continue;
    if (table.rows.size() == MostReasons) {
      ++left_out;
      continue;
    }
    const std::string why = point.health.is_steady ? missed_text(point.health) : point.health.why_unsteady;
    table.rows.push_back({point.label(), why.empty() ? "not steady" : why, fmt::format("{}", point.health.warnings)});
  }
  if (!table.rows.empty())
    section.blocks.emplace_back(std::move(table));
  if (left_out > 0)
    section.blocks.emplace_back(PageList{"", {fmt::format("{} more points in doubt, in the tables below.", left_out)}});
  return section;
}

PageSection undone_section(const SweepData& sweep)
{
  PageSection section{"Points without a result", {}};
  std::map<std::string, std::vector<std::string>> labels;  // by reason
  for (const PointData& point : sweep.points)
    if (point.status != "done")
      labels[fmt::format("{}: {}", point.status, point.reason)].push_back(point.label());
  PageTable table{"", {{"why"}, {"points", true}, {"first"}}, {}};
  for (const auto& [reason, points] : labels)
    if (table.rows.size() < MostReasons)
      table.rows.push_back({reason, fmt::format("{}", points.size()), points.front()});
  if (!table.rows.empty())
    section.blocks.emplace_back(std::move(table));
  return section;
}

}  // namespace

Page sweep_page(const SweepData& sweep)
{
  Page page;
  page.title = "Sweep of " + sweep.sweep;
  page.subtitle = fmt::format("cmsim {}, {} points", sweep.version, sweep.points.size());
  page.verdicts = verdicts_of(sweep);
  page.facts = sweep_facts(sweep.head);
  std::vector<BasePoints> bases;
  for (const std::string& base : bases_of(sweep))
    bases.push_back(done_points(sweep, base));
  page.sections.push_back(best_points_section(bases));
  page.sections.push_back(doubtful_section(sweep));
  for (const BasePoints& base : bases)
    page.sections.push_back(base_section(base));
  page.sections.push_back(undone_section(sweep));
  page.sections.push_back(sweep_inputs_section(sweep.head));
  return page;
}

}  // namespace cm::tools

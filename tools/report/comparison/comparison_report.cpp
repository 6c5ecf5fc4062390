#include "tools/report/comparison/comparison_report.h"

#include "tools/report/comparison/comparison_charts.h"
#include "tools/report/inputs_section.h"
#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::tools {
namespace {

// Further points stand in the table alone.
constexpr std::size_t MostSections = 30;

std::string number_text(const Json& value)
{
  return value.is_number() ? short_number(value.get<double>()) : "-";
}

std::string percent_text(const Json& share)
{
  if (!share.is_number())
    return "-";
  const std::string text = fmt::format("{:+.2f} %", 100 * share.get<double>());
  return text == "-0.00 %" || text == "+0.00 %" ? "0 %" : text;
}

PageTable metrics_table(const Json& metrics, bool with_equal)
{
  PageTable table{
      "", {{"metric"}, {"old", true}, {"new", true}, {"unit"}, {"change", true}, {"tolerance", true}, {"verdict"}}, {}};
  for (const Json& metric : metrics) {
    const auto verdict = metric.at("verdict").get<std::string>();
    if (with_equal || verdict != "equal")
      table.rows.push_back({metric.at("name").get<std::string>(), number_text(metric.at("old")),
                            number_text(metric.at("new")), metric.at("unit").get<std::string>(),
                            percent_text(metric.at("change")),
                            fmt::format("{:.3g} %", 100 * metric.at("tolerance").get<double>()), verdict});
  }
  return table;
}

std::string label_of(const Json& point)
{
  const auto label = point.at("label").get<std::string>();
  return label.empty() ? "Result" : label;
}

// As nothing in comparisons of earlier versions.
const Json& inputs_of(const Json& comparison)
{
  static const Json None = Json::array();
  const auto inputs = comparison.find("inputs");
  return inputs == comparison.end() ? None : *inputs;
}

PageSection inputs_section(const Json& comparison)
{
  PageSection section{"Inputs that differ", {}};
  if (const std::string unknown = comparison.value("unknown_inputs", ""); !unknown.empty())
    section.blocks.emplace_back(PageList{"", {unknown}});
  if (PageTable table = input_changes_table(inputs_of(comparison)); !table.rows.empty())
    section.blocks.emplace_back(std::move(table));
  return section;
}

// Comparisons of versions before the key existed have none.
std::vector<std::string> doubts_of(const Json& point)
{
  return point.value("doubts", std::vector<std::string>());
}

PageSection point_section(const Json& point, bool is_lone)
{
  PageSection section{fmt::format("{}: {}", label_of(point), point.at("verdict").get<std::string>()), {}};
  PageList told{"", {}};
  for (const char* const key : {"reason", "cause"})
    if (const auto text = point.at(key).get<std::string>(); !text.empty())
      told.lines.push_back(std::string(key) + ": " + text);
  for (const Json& line : point.value("causes", Json::array()))
    told.lines.push_back("cause of " + line.get<std::string>());
  if (const std::vector<std::string> doubts = doubts_of(point); !doubts.empty())
    section.blocks.emplace_back(PageList{"In doubt", doubts, true});
  for (const Json& line : point.at("configuration"))
    told.lines.push_back(line.get<std::string>());
  if (PageTable table = input_changes_table(inputs_of(point)); !table.rows.empty())
    section.blocks.emplace_back(std::move(table));
  if (!told.lines.empty())
    section.blocks.emplace_back(std::move(told));
  if (const auto chart = change_chart(point.at("metrics"), label_of(point)))
    section.blocks.emplace_back(*chart);
  if (PageTable table = metrics_table(point.at("metrics"), is_lone); !table.rows.empty())
    section.blocks.emplace_back(std::move(table));
  if (const auto chart = parts_chart(point.at("breakdown"), label_of(point)))
    section.blocks.emplace_back(*chart);
  for (const Json& histogram : point.at("histograms"))
    if (const auto chart = before_and_after_chart(histogram))
      section.blocks.emplace_back(*chart);
  return section;
}

PageTable points_table(const Json& points)
{
  PageTable table{"", {{"result"}, {"verdict"}, {"numbers that moved", true}, {"cause"}}, {}};
  for (const Json& point : points) {
    const auto moved = std::ranges::count_if(point.at("metrics").get_ref<const Json::array_t&>(),
                                             [](const Json& metric) { return metric.at("verdict") != "equal"; });
    table.rows.push_back({label_of(point), point.at("verdict").get<std::string>(), fmt::format("{}", moved),
                          point.at("cause").get<std::string>()});
  }
  return table;
}

}  // namespace

Page comparison_page(const Json& comparison)
{
  const Json& points = comparison.at("points");
  Page page;
  page.title =
      fmt::format("{} against {}", comparison.at("new").get<std::string>(), comparison.at("old").get<std::string>());
  page.subtitle = "Comparison: the new against the old";
  const bool is_bad = comparison.at("regression").get<bool>();
  const bool is_doubtful = std::ranges::any_of(points, [](const Json& point) { return !doubts_of(point).empty(); });
  const PageVerdict::Kind praise = is_doubtful ? PageVerdict::Kind::Neutral : PageVerdict::Kind::Good;
  page.verdicts = {
      {is_bad ? PageVerdict::Kind::Bad : praise,
       fmt::format("{}: {}.", is_bad ? "Regression" : "No regression", comparison.at("summary").get<std::string>())}};
  const bool is_lone = points.size() == 1;
  page.sections.push_back(inputs_section(comparison));
  if (!is_lone)
    page.sections.push_back({"All results", {points_table(points)}});
  for (const Json& point : points)
    if ((is_lone || point.at("verdict") != "equal" || !doubts_of(point).empty()) &&
        page.sections.size() <= MostSections)
      page.sections.push_back(point_section(point, is_lone));
  return page;
}

}  // namespace cm::tools

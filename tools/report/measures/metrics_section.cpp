#include "tools/report/measures/metrics_section.h"

#include "tools/report/numbers/plain_unit.h"
#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace cm::tools {
namespace {

enum class Group { Times, Rates, Shares, Others };

constexpr std::array<std::pair<Group, std::string_view>, 4> Groups{
    {{Group::Times, "Times"}, {Group::Rates, "Rates"}, {Group::Shares, "Shares"}, {Group::Others, "Sizes and counts"}}};

Group group_of(std::string_view unit)
{
  if (unit == "us" || unit == "ms" || unit == "s")
    return Group::Times;
  if (unit.ends_with("/s"))
    return Group::Rates;
  return unit == "1" || unit == "share" ? Group::Shares : Group::Others;
}

std::string caveat_text(const Json& metric)
{
  const std::string caveat = metric.value("caveat", "");
  return caveat.empty() ? "" : fmt::format(" [{}]", caveat);
}

std::vector<std::string> plain_row(const std::string& name, const Json& metric)
{
  const std::string meaning = metric.value("meaning", "");
  const std::string better = metric.value("better", "");
  const auto unit = metric.at("unit").get<std::string>();
  return {name, (meaning.empty() ? plain_words(name) : meaning) + caveat_text(metric),
          plain_text(metric.at("value").get<double>(), unit, name), better == "higher" ? "more" : "less"};
}

PageTable all_numbers(const Json& metrics)
{
  PageTable table{"All numbers, as the result holds them",
                  {{"name"}, {"value", true}, {"unit"}, {"better"}, {"meaning"}, {"how it is computed"}},
                  {},
                  true};
  for (const auto& [name, metric] : metrics.items()) {
    const Json& value = metric.at("value");
    table.rows.push_back({name, value.is_number() ? short_number(value.get<double>()) : "-", metric.value("unit", ""),
                          metric.value("better", ""), metric.value("meaning", ""),
                          metric.value("formula", "") + caveat_text(metric)});
  }
  return table;
}

bool is_judged(const Json& metric)
{
  const std::string better = metric.value("better", "");
  return better == "lower" || better == "higher";
}

}  // namespace

PageSection metrics_section(const Json& metrics)
{
  PageSection section{"Numbers", {}};
  if (metrics.empty())
    return section;
  for (const auto& [group, title] : Groups) {
    PageTable table{std::string(title), {{"name"}, {"meaning"}, {"value", true}, {"better is"}}, {}};
    for (const auto& [name, metric] : metrics.items())
      if (is_judged(metric) && group_of(metric.at("unit").get<std::string>()) == group)
        table.rows.push_back(plain_row(name, metric));
    if (!table.rows.empty())
      section.blocks.emplace_back(std::move(table));
  }
  section.blocks.emplace_back(all_numbers(metrics));
  return section;
}

}  // namespace cm::tools

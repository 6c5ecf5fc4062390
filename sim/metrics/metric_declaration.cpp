#include "sim/metrics/metric_declaration.h"

#include "sim/diagnostics/ensure.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::sim::metrics {

std::vector<std::string_view> items_of(std::string_view list)
{
  constexpr std::string_view Between = ", ";
  std::vector<std::string_view> items;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(Between), list.size());
    items.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + Between.size(), list.size()));
  }
  return items;
}

bool is_name_of(const MetricDeclaration& metric, std::string_view name)
{
  const std::size_t star = metric.name.find('*');
  if (star == std::string_view::npos)
    return metric.name == name;
  const std::string_view after = metric.name.substr(star + 1);
  if (name.size() < metric.name.size() || !name.starts_with(metric.name.substr(0, star)) || !name.ends_with(after))
    return false;
  const std::vector<std::string_view> words = items_of(metric.words);
  return words.empty() || std::ranges::find(words, name.substr(star, name.size() - star - after.size())) != words.end();
}

std::string name_with(const MetricDeclaration& metric, std::string_view word)
{
  const std::size_t star = metric.name.find('*');
  ensure(star != std::string_view::npos, "metric {} has no place for the word {}", metric.name, word);
  return fmt::format("{}{}{}", metric.name.substr(0, star), word, metric.name.substr(star + 1));
}

std::string statistic_name(std::string_view histogram, std::string_view statistic)
{
  const std::size_t unit = histogram.rfind('_');
  if (unit == std::string_view::npos)
    return fmt::format("{}_{}", histogram, statistic);
  return fmt::format("{}_{}{}", histogram.substr(0, unit), statistic, histogram.substr(unit));
}

}  // namespace cm::sim::metrics

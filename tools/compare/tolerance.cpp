#include "tools/compare/tolerance.h"

#include "sim/config/reading_log.h"
#include "sim/units/parse_quantity.h"

#include <fmt/format.h>

#include <string_view>

namespace cm::tools {

double Tolerances::of(const std::string& metric, const std::string& histogram) const
{
  for (const std::string& name : {metric, histogram})
    if (const auto found = of_metric.find(name); found != of_metric.end())
      return found->second;
  return common;
}

Tolerances read_tolerances(const std::vector<std::string>& texts)
{
  Tolerances tolerances;
  sim::config::ReadingLog log;
  int number = 1;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string metric = equals == std::string::npos ? std::string() : text.substr(0, equals);
    const std::string share = equals == std::string::npos ? text : text.substr(equals + 1);
    const auto tolerance = parse_fraction(share);
    if (!tolerance || *tolerance < 0 || equals == 0)
      add_problem(log, {"--tolerance", number, 1}, "",
                  fmt::format("expected a metric and a share, like tpot_ms=2%, found \"{}\"", text));
    else if (metric.empty())
      tolerances.common = *tolerance;
    else
      tolerances.of_metric[metric] = *tolerance;
    ++number;
  }
  throw_if_any(log);
  return tolerances;
}

}  // namespace cm::tools

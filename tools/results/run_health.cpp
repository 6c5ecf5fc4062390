#include "tools/results/run_health.h"

#include "tools/terminal/table_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view Overloaded = "OVERLOADED";
constexpr std::string_view NotSteady = "NOT STEADY";
constexpr const char* Attainment = "slo_attainment";

// Null when a key is missing on the way.
const Json* find(const Json& root, std::initializer_list<const char*> keys)
{
  const Json* value = &root;
  for (const char* const key : keys) {
    const auto found = value->find(key);
    if (found == value->end())
      return nullptr;
    value = &*found;
  }
  return value;
}

bool says_unsteady(const std::string& warning)
{
  return warning.starts_with(Overloaded) || warning.starts_with(NotSteady);
}

// Any workload may be unsteady; serving says why with one of two words.
std::string reason_in(const std::vector<std::string>& warnings)
{
  const auto told = std::ranges::find_if(warnings, says_unsteady);
  if (told != warnings.end())
    return *told;
  return warnings.empty() ? std::string() : warnings.front();
}

std::vector<std::string> texts_of(const Json& list)
{
  std::vector<std::string> texts;
  for (const Json& each : list)
    texts.push_back(each.is_string() ? each.get<std::string>() : std::string());
  return texts;
}

}  // namespace

bool RunHealth::is_overloaded() const
{
  return why_unsteady.starts_with(Overloaded);
}

std::string_view RunHealth::mark() const
{
  if (!is_steady)
    return is_overloaded() ? "overloaded" : "not steady";
  return misses_levels() ? "SLO missed" : "";
}

std::string RunHealth::attainment_text() const
{
  const std::string held = fmt::format("{} % of the requests hold it", short_number(100 * attainment.value_or(0)));
  return required_attainment == UsualAttainment
             ? held
             : fmt::format("{}, {} % must", held, short_number(100 * required_attainment));
}

RunHealth health_of(const Json& root)
{
  RunHealth health;
  if (const Json* const steady = find(root, {"run", "steady"}); steady != nullptr && steady->is_boolean()) {
    health.is_steady = steady->get<bool>();
    health.says_steady = true;
  }
  if (const Json* const warnings = find(root, {"warnings"}); warnings != nullptr && warnings->is_array()) {
    health.warnings = warnings->size();
    if (!health.is_steady)
      health.why_unsteady = reason_in(texts_of(*warnings));
  }
  const Json* const attainment = find(root, {"metrics", Attainment, "value"});
  if (attainment != nullptr && attainment->is_number())
    health.attainment = attainment->get<double>();
  if (const Json* const share = find(root, {"run", "slo_share"}); share != nullptr && share->is_number())
    health.required_attainment = share->get<double>();
  return health;
}

RunHealth health_of(const sim::metrics::Result& result)
{
  RunHealth health{.is_steady = result.manifest.steady,
                   .says_steady = true,
                   .warnings = result.warnings.size(),
                   .why_unsteady = result.manifest.steady ? "" : reason_in(result.warnings),
                   .attainment = {},
                   .required_attainment = result.manifest.slo_share.value_or(UsualAttainment)};
  if (const sim::metrics::Metric* const attainment = result.find(Attainment))
    health.attainment = attainment->value;
  return health;
}

}  // namespace cm::tools

#include "tools/schema/explanation.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "sim/units/parse_quantity.h"
#include "tools/runner/unused_keys.h"
#include "tools/schema/metric_explanation.h"
#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace cm::tools {
namespace {

using sim::config::Declaration;

// A limit in the unit that its type counts in.
std::string limit_text(const std::string& type, double count)
{
  if (type == "size")
    return to_text(Bytes(static_cast<std::int64_t>(count)));
  if (type == "time")
    return to_text(Seconds(count));
  if (type == "bandwidth")
    return to_text(BytesPerSecond(count));
  if (type == "compute rate")
    return to_text(FlopsPerSecond(count));
  return fmt::format("{}", count);
}

std::string range_text(const Declaration& declaration)
{
  const auto& [low, high] = std::pair(declaration.minimum, declaration.maximum);
  if (low && high)
    return fmt::format(", {} to {}", limit_text(declaration.type, *low), limit_text(declaration.type, *high));
  if (low)
    return fmt::format(", at least {}", limit_text(declaration.type, *low));
  return high ? fmt::format(", at most {}", limit_text(declaration.type, *high)) : std::string();
}

// Types that are written with a unit, and how.
std::string type_text(const Declaration& declaration)
{
  if (declaration.type == "choice")
    return fmt::format("one of {}", sim::config::joined(declaration.choices, ", "));
  if (declaration.type == "any")
    return "a value of its own form";
  for (const auto& [type, example] :
       {std::pair("size", "64 GiB"), std::pair("time", "1.9 us"), std::pair("bandwidth", "28 GB/s"),
        std::pair("compute rate", "752 TFLOPS"), std::pair("fraction", "2 % or 0.02")})
    if (declaration.type == type)
      return fmt::format("{} with its unit, like {}", type, example);
  return declaration.type;
}

// Keys of the map that may stand in place of a word, of all kinds that know the key: "redundant, shared_copies".
std::string keys_below(const std::vector<CataloguedKey>& keys, const CataloguedKey& key)
{
  std::vector<std::string> names;
  for (const CataloguedKey& each : keys) {
    const bool is_below =
        each.path.starts_with(key.path + ".") && std::ranges::find_first_of(each.kinds, key.kinds) != each.kinds.end();
    const std::string name = is_below ? each.path.substr(key.path.size() + 1) : std::string();
    if (is_below && name.find('.') == std::string::npos && std::ranges::find(names, name) == names.end())
      names.push_back(name);
  }
  return sim::config::joined(names, ", ");
}

std::string entry_text(const std::vector<CataloguedKey>& keys, const CataloguedKey& key)
{
  const Declaration& declaration = key.declaration;
  std::string text = key.path;
  if (!key.kinds.empty())
    text += fmt::format(" ({})", sim::config::joined(key.kinds, ", "));
  text += fmt::format("\n{}", wrapped("  ", declaration.sentence, 2));
  text += wrapped("  value: ", type_text(declaration) + range_text(declaration), 9);
  for (std::size_t choice = 0; choice < declaration.choice_sentences.size(); ++choice)
    text += wrapped(fmt::format("    {}: ", declaration.choices[choice]), declaration.choice_sentences[choice], 6);
  if (const std::string below = keys_below(keys, key); !below.empty())
    text += wrapped("  keys:  ", below, 9);
  if (declaration.required)
    text += "  required\n";
  else if (!declaration.default_text.empty())
    text += wrapped("  default: ", declaration.default_text, 11);
  else
    text += "  optional\n";
  return text;
}

std::string numbers_text(const KeyCatalogue& catalogue, const std::string& path)
{
  std::string text;
  for (const ShippedNumber& number : catalogue.numbers)
    if (number.provenance.path == path)
      text += wrapped(fmt::format("  {}: ", number.file),
                      fmt::format("{}, {}: {}", number.provenance.value, to_text(number.provenance.evidence),
                                  number.provenance.source),
                      4);
  return text;
}

bool matches(const std::string& path, const std::string& key)
{
  return path == key || path.ends_with(fmt::format(".{}", key));
}

// Metrics whose names go on behind the name: of "tpot" "tpot_ms".
std::string longer_metrics(const std::string& name)
{
  std::vector<std::string> names;
  for (const std::string& metric : metric_names())
    if (metric.starts_with(name + "_") && std::ranges::find(names, metric) == names.end())
      names.push_back(metric);
  return sim::config::joined(names, ", ");
}

[[noreturn]] void refuse(const std::vector<CataloguedKey>& keys, const std::string& name)
{
  std::vector<std::string> names;
  for (const CataloguedKey& each : keys) {
    names.push_back(each.path);
    names.push_back(each.path.substr(each.path.rfind('.') + 1));
  }
  for (const std::string& metric : metric_names())
    names.push_back(metric);
  const auto near = sim::config::nearest(name, names);
  throw ConfigError(fmt::format("cmsim explain: unknown key or metric \"{}\"{}", name,
                                near ? fmt::format("; did you mean \"{}\"?", *near)
                                     : "; keys are written like machine.ub.mtu or workload.ep, metrics like tpot_ms"));
}

}  // namespace

std::string explanation(const KeyCatalogue& catalogue, const std::string& asked)
{
  const std::string name = plane_key(asked);
  const std::vector<CataloguedKey> keys = all_keys(catalogue);
  const bool is_exact = std::ranges::find(keys, name, &CataloguedKey::path) != keys.end();
  std::string text;
  std::string last_path;
  for (const CataloguedKey& each : keys) {
    if (is_exact ? each.path != name : !matches(each.path, name))
      continue;
    if (!last_path.empty() && last_path != each.path)
      text += numbers_text(catalogue, last_path);
    text += (text.empty() ? "" : "\n");
    text += entry_text(keys, each);
    last_path = each.path;
  }
  if (!last_path.empty())
    text += numbers_text(catalogue, last_path);
  if (const std::string metric = metric_explanation(name); !metric.empty())
    text += (text.empty() ? "" : "\n") + metric;
  if (text.empty())
    refuse(keys, name);
  if (const std::string others = longer_metrics(name); !others.empty())
    text += wrapped("also metrics: ", others, 2);
  return text;
}

}  // namespace cm::tools

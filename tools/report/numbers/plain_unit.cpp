#include "tools/report/numbers/plain_unit.h"

#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::tools {
namespace {

using Scale = std::span<const std::string_view>;  // each a thousand times the one before

constexpr std::array<std::string_view, 4> Times{"ns", "us", "ms", "s"};
constexpr std::array<std::string_view, 5> Sizes{"B", "kB", "MB", "GB", "TB"};
constexpr std::array<std::string_view, 5> Rates{"B/s", "kB/s", "MB/s", "GB/s", "TB/s"};
constexpr double Thousand = 1000;
constexpr double Percent = 100;
// From here on digits are grouped.
constexpr double Grouped = 10'000;
constexpr std::size_t GroupOfDigits = 3;

// The unit of a scale in which `largest` has one to three digits before the point.
PlainUnit scaled(Scale scale, std::string_view unit, double largest)
{
  auto at = static_cast<std::size_t>(std::ranges::find(scale, unit) - scale.begin());
  double factor = 1;
  while (std::abs(largest) * factor >= Thousand && at + 1 < scale.size()) {
    factor /= Thousand;
    ++at;
  }
  while (largest != 0 && std::abs(largest) * factor < 1 && at > 0) {
    factor *= Thousand;
    --at;
  }
  return {factor, std::string(scale[at])};
}

std::string rate_of(std::string_view name)
{
  if (name.find("tokens_per_s") != std::string_view::npos)
    return "tokens/s";
  return name.ends_with("_rps") ? "requests/s" : "per second";
}

// Short forms of names of metrics.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> Words{{
    {"ttft", "time to first token"},
    {"tpot", "time per output token"},
    {"e2e", "time from end to end"},
    {"itl", "inter-token latency"},
    {"slo", "SLO"},
    {"kv", "KV"},
    {"npu", "NPU"},
    {"npus", "NPUs"},
    {"ep", "EP"},
    {"tp", "TP"},
    {"ub", "UB"},
    {"rdma", "RDMA"},
    {"vpc", "VPC"},
    {"dram", "DRAM"},
    {"hbm", "HBM"},
    {"moe", "MoE"},
    {"mtp", "MTP"},
    {"gb", "GB"},
    {"tflops", "TFLOP/s"},
    {"p50", "median"},
    {"p90", "90th percentile"},
    {"p95", "95th percentile"},
    {"p99", "99th percentile"},
    {"rps", "rate"},
}};

std::vector<std::string> parts_of(const std::string& name)
{
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (from <= name.size()) {
    const std::size_t to = std::min(name.find('_', from), name.size());
    if (to > from)
      parts.push_back(name.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

// Units at the end of a name say what the number's unit says again.
void drop_unit(std::vector<std::string>& parts)
{
  const auto ends_in = [&](std::initializer_list<std::string_view> ending) {
    return parts.size() > ending.size() && std::equal(ending.begin(), ending.end(), parts.end() - std::ssize(ending));
  };
  if (ends_in({"gb", "s"}))
    parts.resize(parts.size() - 2);
  else if (parts.size() > 1 && parts[parts.size() - 2] != "per" &&
           (ends_in({"ms"}) || ends_in({"us"}) || ends_in({"ns"}) || ends_in({"s"}) || ends_in({"gb"})))
    parts.pop_back();
}

}  // namespace

PlainUnit plain_unit(const std::string& unit, double largest, const std::string& name)
{
  if (unit == "1" || unit == "share")
    return {Percent, "%"};
  if (unit == "count" || unit.empty())
    return {1, ""};
  if (unit == "ratio")
    return {1, "times"};
  if (unit == "1/s")
    return {1, rate_of(name)};
  for (const Scale scale : {Scale(Times), Scale(Sizes), Scale(Rates)})
    if (std::ranges::find(scale, unit) != scale.end())
      return scaled(scale, unit, largest);
  return {1, unit};
}

std::string plain_number(double value)
{
  std::string text = short_number(value);
  if (text.find('.') != std::string::npos && text.find('e') == std::string::npos)
    text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.'))
    text.pop_back();
  if (std::abs(value) < Grouped || text.find('e') != std::string::npos)
    return text;
  std::size_t end = std::min(text.find('.'), text.size());
  const std::size_t begin = text.starts_with('-') ? 1 : 0;
  while (end > begin + GroupOfDigits) {
    end -= GroupOfDigits;
    text.insert(end, ",");
  }
  return text;
}

std::string plain_text(double value, const std::string& unit, const std::string& name)
{
  const PlainUnit plain = plain_unit(unit, value, name);
  return fmt::format("{}{}{}", plain_number(value * plain.factor), plain.name.empty() ? "" : " ", plain.name);
}

std::string plain_words(const std::string& name)
{
  std::vector<std::string> parts = parts_of(name);
  drop_unit(parts);
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto* const word = std::ranges::find(Words, parts[i], &std::pair<std::string_view, std::string_view>::first);
    const bool is_per_second = parts[i] == "s" && i > 0 && parts[i - 1] == "per";
    std::string plain = word == Words.end() ? parts[i] : std::string(word->second);
    text += fmt::format("{}{}", text.empty() ? "" : " ", is_per_second ? "second" : plain);
  }
  return text;
}

std::string with_unit(const std::string& words, const PlainUnit& unit)
{
  return unit.name.empty() ? words : fmt::format("{}, {}", words, unit.name);
}

std::string capitalised(std::string words)
{
  if (!words.empty() && words.front() >= 'a' && words.front() <= 'z')
    words.front() = static_cast<char>(words.front() - 'a' + 'A');
  return words;
}

}  // namespace cm::tools

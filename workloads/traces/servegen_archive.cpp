#include "workloads/traces/servegen_archive.h"

#include "sim/config/json_text.h"
#include "sim/diagnostics/errors.h"
#include "sim/units/parse_quantity.h"
#include "workloads/traces/request.h"
#include "workloads/traces/tar_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <string_view>

namespace cm::workloads {
namespace {

// Largest size of one unpacked file, in bytes. ServeGen's largest client has 40 MB of histograms.
constexpr std::size_t MostBytes = std::size_t{256} << 20U;
// Seconds, as ServeGen cuts its days.
constexpr double LoneWindow = 600;
constexpr double MostRate = 1e6;  // requests per second, of one client
constexpr std::string_view TraceEnd = "-trace.csv";
constexpr std::string_view DatasetEnd = "-dataset.json";

[[noreturn]] void refuse(const std::string& file, int line, int column, std::string_view what)
{
  throw ConfigError(fmt::format("{}:{}:{}: {}", file, line, column, what));
}

template <typename Number>
std::optional<Number> number_in(std::string_view text)
{
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// The N of "folder/chunk-N-trace.csv"; empty when the name is none of that kind.
std::optional<std::uint64_t> client_of(std::string_view name, std::string_view end)
{
  name = name.substr(name.rfind('/') + 1);
  constexpr std::string_view Begin = "chunk-";
  if (!name.starts_with(Begin) || !name.ends_with(end) || name.size() <= Begin.size() + end.size())
    return std::nullopt;
  return number_in<std::uint64_t>(name.substr(Begin.size(), name.size() - Begin.size() - end.size()));
}

// Empty when the line is damaged; the window's end is not known yet.
std::optional<ServeGenWindow> window_of(std::string_view line)
{
  std::array<std::string_view, 6> cells;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const std::size_t comma = line.find(',');
    if ((comma == std::string_view::npos) != (cell + 1 == cells.size()))
      return std::nullopt;
    cells[cell] = line.substr(0, comma);
    line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
  }
  const auto start = parse_number(cells[0]);
  const auto rate = parse_number(cells[1]);
  const auto shape = parse_number(cells[4]);
  if (!start || !rate || !shape || !(*rate >= 0 && *rate <= MostRate) ||
      !(*start >= 0 && *start <= LatestArrival.count()))
    return std::nullopt;
  ServeGenWindow window{.start = *start, .end = 0, .rate = *rate, .family = ServeGenGaps::Exponential, .shape = *shape};
  if (cells[3] == "Gamma")
    window.family = ServeGenGaps::Gamma;
  else if (cells[3] == "Weibull")
    window.family = ServeGenGaps::Weibull;
  else if (!cells[3].empty())
    return std::nullopt;
  if (window.family != ServeGenGaps::Exponential && *shape <= 0)
    return std::nullopt;
  return window;
}

std::vector<ServeGenWindow> windows_of(const std::string& file, std::string_view text, bool skips,
                                       std::uint64_t& skipped)
{
  std::vector<ServeGenWindow> windows;
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (line.empty())
      continue;
    const auto window = window_of(line);
    const bool is_in_order = window && (windows.empty() || windows.back().start < window->start);
    if (is_in_order) {
      windows.push_back(*window);
      continue;
    }
    if (!skips)
      refuse(file, number, 1,
             fmt::format("expected a window (start, requests/s, variation, Gamma or Weibull or nothing, shape, scale) "
                         "later than the one before and within 100 days, found \"{}\" (workload.skip_damaged_lines: "
                         "true leaves such lines "
                         "out)",
                         line.substr(0, 60)));
    ++skipped;
  }
  for (std::size_t i = 0; i + 1 < windows.size(); ++i)
    windows[i].end = windows[i + 1].start;
  if (!windows.empty()) {
    const double start = windows.back().start;
    windows.back().end = start + (windows.size() > 1 ? start - windows[windows.size() - 2].start : LoneWindow);
  }
  return windows;
}

// "{35: 0.25, 36: 0.75}"; empty when it is none.
std::optional<ServeGenHistogram> histogram_of(std::string_view text)
{
  if (!text.starts_with('{') || !text.ends_with('}'))
    return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::map<std::int64_t, double> shares;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const std::size_t colon = item.find(':');
    const std::size_t first = item.find_first_not_of(' ');
    const std::size_t value = item.find_first_not_of(' ', colon == std::string_view::npos ? colon : colon + 1);
    if (colon == std::string_view::npos || value == std::string_view::npos || first >= colon)
      return std::nullopt;
    const auto tokens = number_in<std::int64_t>(item.substr(first, colon - first));
    const auto share = number_in<double>(item.substr(value));
    if (!tokens || *tokens < 1 || *tokens > MostTokens || !share || !(*share >= 0) || *share > 1e9)
      return std::nullopt;
    shares[*tokens] += *share;
  }
  ServeGenHistogram histogram;
  double sum = 0;
  for (const auto& [tokens, share] : shares) {
    sum += share;
    histogram.tokens.push_back(tokens);
    histogram.up_to.push_back(sum);
  }
  if (!shares.empty() && !(sum > 0))
    return std::nullopt;
  for (double& share : histogram.up_to)
    share /= sum;
  return histogram;
}

std::vector<ServeGenLengths> lengths_of(const std::string& file, const std::string& text)
{
  if (const auto problem = sim::config::json_problem(text))
    refuse(file, problem->place.line, problem->place.column, problem->what);
  const auto document = nlohmann::json::parse(text, nullptr, false);
  const auto refuse_at = [&](const std::vector<std::string>& keys, std::string_view what) {
    const auto place = sim::config::json_place(text, keys);
    refuse(file, place.line, place.column, what);
  };
  if (!document.is_object())
    refuse_at({}, "expected a JSON object {window start: {\"input_tokens\": ..., \"output_tokens\": ...}}");
  std::vector<ServeGenLengths> all;
  for (const auto& [start, window] : document.items()) {
    ServeGenLengths lengths;
    const auto seconds = parse_number(start);
    if (!seconds || !window.is_object())
      refuse_at({start}, fmt::format("expected the start of a window in seconds with an object, found \"{}\"", start));
    lengths.start = *seconds;
    for (const auto& [key, target] :
         {std::pair{"input_tokens", &lengths.input}, std::pair{"output_tokens", &lengths.output}}) {
      const auto found = window.find(key);
      const auto histogram =
          found != window.end() && found->is_string() ? histogram_of(found->template get<std::string>()) : std::nullopt;
      if (!histogram)
        refuse_at({start, key}, fmt::format("{}.{}: expected a text like \"{{35: 0.25, 36: 0.75}}\"", start, key));
      *target = *histogram;
    }
    if (!lengths.input.tokens.empty() && !lengths.output.tokens.empty())
      all.push_back(std::move(lengths));
  }
  std::ranges::sort(all, {}, &ServeGenLengths::start);
  return all;
}

}  // namespace

std::int64_t ServeGenHistogram::at(double share) const
{
  const auto place = std::ranges::upper_bound(up_to, share) - up_to.begin();
  return tokens[std::min(static_cast<std::size_t>(place), tokens.size() - 1)];
}

const ServeGenLengths& ServeGenClient::lengths_at(double time) const
{
  const auto later = std::ranges::upper_bound(lengths, time, {}, &ServeGenLengths::start);
  return later == lengths.begin() ? lengths.front() : *(later - 1);
}

ServeGenArchive read_servegen(const std::string& path, bool skip_damaged_lines)
{
  ServeGenArchive archive;
  std::map<std::uint64_t, ServeGenClient> clients;
  TarFile tar(path, MostBytes);
  for (TarEntry entry; tar.next(entry);) {
    const std::string file = path + "/" + entry.name;
    if (const auto traced = client_of(entry.name, TraceEnd))
      clients[*traced].windows = windows_of(file, entry.content, skip_damaged_lines, archive.skipped);
    else if (const auto described = client_of(entry.name, DatasetEnd))
      clients[*described].lengths = lengths_of(file, entry.content);
  }
  if (clients.empty())
    throw ConfigError(
        fmt::format("{}:1:1: expected files chunk-N{} and chunk-N{} in it, found none", path, TraceEnd, DatasetEnd));
  for (auto& [number, client] : clients) {
    client.number = number;
    const bool sends = std::ranges::any_of(client.windows, [](const ServeGenWindow& each) { return each.rate > 0; });
    if (sends && client.lengths.empty())
      throw ConfigError(fmt::format("{}:1:1: client {} sends requests: expected histograms of lengths in chunk-{}{}",
                                    path, number, number, DatasetEnd));
    if (sends)
      archive.clients.push_back(std::move(client));
  }
  return archive;
}

}  // namespace cm::workloads

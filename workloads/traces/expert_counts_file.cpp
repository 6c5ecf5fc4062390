#include "workloads/traces/expert_counts_file.h"

#include "sim/config/json_text.h"
#include "sim/config/reader.h"
#include "sim/diagnostics/errors.h"
#include "workloads/traces/expert_map_file.h"
#include "workloads/traces/problem_list.h"
#include "workloads/traces/regular_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

namespace cm::workloads {
namespace {

using Json = nlohmann::json;
using sim::config::Position;
using sim::config::Reader;
using sim::config::Value;

constexpr std::size_t MostJsonBytes = 64U << 20U;
constexpr std::int64_t MostLayers = 1000;
constexpr std::int64_t MostExperts = 65536;
constexpr std::int64_t MostCount = 1'000'000'000'000;
// Lines of a file, and places of its table. 61 layers of 288 experts have 17,568.
constexpr std::size_t MostEntries = 1'000'000;
constexpr std::string_view Header = "layer,expert,count";

struct Entry {
  std::int64_t layer = 0;
  std::int64_t expert = 0;
  std::int64_t count = 0;
  Position position;
};

std::string_view trimmed(std::string_view text)
{
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct Cell {
  std::string_view name;
  std::int64_t most;
};

constexpr std::array<Cell, 3> Cells{
    {{"a layer", MostLayers - 1}, {"an expert", MostExperts - 1}, {"a count", MostCount}}};

// One line of the CSV; empty when it is wrong.
std::optional<Entry> entry_of(std::string_view line, const RegularFile& file, ProblemList& problems)
{
  Entry entry{.position = file.position()};
  const std::array<std::int64_t*, 3> targets{&entry.layer, &entry.expert, &entry.count};
  std::size_t start = 0;
  bool is_right = true;
  for (std::size_t cell = 0; cell < Cells.size(); ++cell) {
    const bool is_last = cell + 1 == Cells.size();
    const std::size_t end = is_last ? line.size() : std::min(line.find(',', start), line.size());
    const std::string_view text = start > line.size() ? std::string_view() : trimmed(line.substr(start, end - start));
    const auto outcome = std::from_chars(text.data(), text.data() + text.size(), *targets[cell]);
    if (outcome.ec != std::errc() || outcome.ptr != text.data() + text.size() || *targets[cell] < 0 ||
        *targets[cell] > Cells[cell].most) {
      const auto column = static_cast<int>(std::min(start, line.size())) + 1;
      problems.add(fmt::format("{}: expected {} from 0 to {}, found \"{}\"", to_text(file.position(column)),
                               Cells[cell].name, Cells[cell].most, text));
      is_right = false;
    }
    start = end + 1;
  }
  return is_right ? std::optional(entry) : std::nullopt;
}

std::vector<Entry> read_csv(RegularFile& file, ProblemList& problems)
{
  std::vector<Entry> entries;
  std::string line;
  bool has_header = false;
  while (file.next_line(line)) {
    const std::string_view text = trimmed(std::string_view(line).substr(0, line.find('#')));
    if (text.empty())
      continue;
    if (!has_header) {
      has_header = true;
      if (text != Header) {
        problems.add(fmt::format("{}: expected the line \"{}\", found \"{}\"", to_text(file.position()), Header, text));
        return entries;
      }
    } else if (entries.size() == MostEntries) {
      problems.add(fmt::format("{}: expected at most {} counts, found more", to_text(file.position()), MostEntries));
      return entries;
    } else if (const auto entry = entry_of(text, file, problems)) {
      entries.push_back(*entry);
    }
  }
  if (!has_header)
    problems.add(fmt::format("{}: expected the line \"{}\", found no lines", to_text(file.position()), Header));
  return entries;
}

std::vector<Entry> read_json(const std::string& path, ProblemList& problems)
{
  const Value list = sim::config::parse_text(path, read_input(path, MostJsonBytes));
  std::vector<Entry> entries;
  if (list.kind != Value::Kind::List) {
    problems.add(fmt::format("{}: expected a list of {{\"layer\": 0, \"expert\": 0, \"count\": 120}}, found {}",
                             to_text(list.position), found_text(list)));
    return entries;
  }
  sim::config::ReadingLog log;
  for (const Value& item : list.items) {
    Entry entry{.position = item.position};
    Reader reader(item, "", log);
    reader.required({"layer", "MoE layer, counted from 0", 0.0, MostLayers - 1.0}, entry.layer);
    reader.required({"expert", "routed expert, counted from 0", 0.0, MostExperts - 1.0}, entry.expert);
    reader.required({"count", "how often it was chosen", 0.0, static_cast<double>(MostCount)}, entry.count);
    reader.finish();
    entries.push_back(entry);
  }
  for (const std::string& problem : log.problems)
    problems.add(problem);
  return entries;
}

// Counts of one layer, or those of a further step of it.
class LogicalCounts {
 public:
  LogicalCounts(const std::string& path, const std::string& text, ProblemList& problems)
      : path_(path), text_(text), problems_(problems)
  {
  }

  // [layer][expert], or [step][layer][expert], whose steps are added up.
  std::vector<Entry> read(const Json& counts)
  {
    const bool has_steps = is_list_of_lists(counts) && is_list_of_lists(counts.front());
    if (!is_list_of_lists(counts)) {
      complain({}, "expected lists [layer][expert], or [step][layer][expert], found something else");
      return {};
    }
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (has_steps)
        add_step(counts[i], {std::to_string(i)});
      else
        add_layer(counts[i], i, {std::to_string(i)});
    std::vector<Entry> entries;
    for (const auto& [place, count] : sums_) {
      if (count > static_cast<double>(MostCount))
        problems_.add(fmt::format("{}:1:1: layer {}, expert {}: expected at most {} in all, found more", path_,
                                  place.first, place.second, MostCount));
      entries.push_back({.layer = place.first,
                         .expert = place.second,
                         .count = std::llround(std::min(count, static_cast<double>(MostCount))),
                         .position = {path_, 1, 1}});
    }
    return entries;
  }

 private:
  using Keys = std::vector<std::string>;

  static bool is_list_of_lists(const Json& list)
  {
    return list.is_array() && !list.empty() && list.front().is_array() && !list.front().empty();
  }

  void complain(Keys keys, const std::string& what)
  {
    if (++complaints_ > 20)
      return problems_.add("");
    keys.insert(keys.begin(), "logical_count");
    const sim::config::JsonPlace place = sim::config::json_place(text_, keys);
    problems_.add(fmt::format("{}:{}:{}: logical_count: {}", path_, place.line, place.column, what));
  }

  void add_step(const Json& step, const Keys& keys)
  {
    if (!step.is_array())
      return complain(keys, "expected a list [layer][expert] a step");
    for (std::size_t layer = 0; layer < step.size(); ++layer)
      add_layer(step[layer], layer, {keys.front(), std::to_string(layer)});
  }

  void add_layer(const Json& layer, std::size_t number, const Keys& keys)
  {
    if (!layer.is_array() || layer.size() > static_cast<std::size_t>(MostExperts) ||
        number >= static_cast<std::size_t>(MostLayers))
      return complain(keys,
                      fmt::format("expected at most {} layers, lists of at most {} experts", MostLayers, MostExperts));
    for (std::size_t expert = 0; expert < layer.size(); ++expert) {
      const Json& count = layer[expert];
      Keys place = keys;
      place.push_back(std::to_string(expert));
      if (!count.is_number() || !(count.get<double>() >= 0 && count.get<double>() <= static_cast<double>(MostCount)))
        complain(place, fmt::format("expected a count from 0 to {}, found {}", MostCount, count.dump().substr(0, 40)));
      else if (sums_.size() < MostEntries)
        sums_[{static_cast<std::int64_t>(number), static_cast<std::int64_t>(expert)}] += count.get<double>();
      else
        return complain(place, fmt::format("expected at most {} counts in all, found more", MostEntries));
    }
  }

  const std::string& path_;
  const std::string& text_;
  ProblemList& problems_;
  std::map<std::pair<std::int64_t, std::int64_t>, double> sums_;  // [layer, expert]
  int complaints_ = 0;
};

// A dump of SGLang's recorder of expert choices.
std::vector<Entry> read_logical_counts(const std::string& path, ProblemList& problems)
{
  const std::string text = read_input(path, MostJsonBytes);
  if (const auto problem = sim::config::json_problem(text)) {
    problems.add(fmt::format("{}:{}:{}: {}", path, problem->place.line, problem->place.column, problem->what));
    return {};
  }
  const Json dump = Json::parse(text, nullptr, false);
  const auto counts = dump.find("logical_count");
  if (counts == dump.end()) {
    problems.add(fmt::format("{}:1:1: expected {{\"logical_count\": ...}} or a list of {{\"layer\": 0, \"expert\": 0, "
                             "\"count\": 120}}, found neither",
                             path));
    return {};
  }
  return LogicalCounts(path, text, problems).read(*counts);
}

bool begins_like_json(const std::string& path)
{
  RegularFile file(path);
  std::string line;
  while (file.next_line(line))
    if (const std::string_view text = trimmed(line); !text.empty())
      return text.front() == '[';
  return false;
}

// Places the entries and says what is missing and what is there twice.
models::ExpertCounts table_of(const std::vector<Entry>& entries, const std::string& path, ProblemList& problems)
{
  models::ExpertCounts table;
  for (const Entry& entry : entries) {
    table.layers = std::max(table.layers, static_cast<std::uint32_t>(entry.layer) + 1);
    table.experts = std::max(table.experts, static_cast<std::uint32_t>(entry.expert) + 1);
  }
  const std::size_t places = static_cast<std::size_t>(table.layers) * table.experts;
  if (places > MostEntries) {
    problems.add(fmt::format("{}:1:1: expected at most {} counts, found {} layers of {} experts", path, MostEntries,
                             table.layers, table.experts));
    return table;
  }
  std::vector<const Entry*> found(places);
  table.counts.assign(found.size(), 0);
  for (const Entry& entry : entries) {
    const auto place = static_cast<std::size_t>(entry.layer * table.experts + entry.expert);
    if (found[place] != nullptr)
      problems.add(fmt::format("{}: expected each expert of a layer once, found expert {} of layer {} again (first at "
                               "{})",
                               to_text(entry.position), entry.expert, entry.layer, to_text(found[place]->position)));
    found[place] = &entry;
    table.counts[place] = static_cast<std::uint64_t>(entry.count);
  }
  for (std::size_t place = 0; place < found.size(); ++place)
    if (found[place] == nullptr)
      problems.add(fmt::format("{}:1:1: expected experts 0 to {} of layers 0 to {}, found no expert {} of layer {}",
                               path, table.experts - 1, table.layers - 1, place % table.experts,
                               place / table.experts));
  return table;
}

// Tokens choose distinct experts, so none can be chosen by more than all tokens.
void check_shares(const models::ExpertCounts& table, std::uint32_t top_k, const std::string& path,
                  ProblemList& problems)
{
  for (std::uint32_t layer = 0; layer < table.layers; ++layer) {
    const auto counts = table.layer(layer);
    const std::uint64_t sum = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    if (std::ranges::count_if(counts, [](auto count) { return count > 0; }) < top_k)
      problems.add(fmt::format("{}:1:1: layer {}: expected at least {} experts that were chosen", path, layer, top_k));
    for (std::size_t expert = 0; expert < counts.size(); ++expert)
      if (counts[expert] * top_k > sum)
        problems.add(
            fmt::format("{}:1:1: layer {}: expected at most one of {} choices of a token for expert {}, found {} "
                        "of {} in all",
                        path, layer, top_k, expert, counts[expert], sum));
  }
}

}  // namespace

ReadOrProblems<models::ExpertCounts> read_expert_counts(const std::string& path, std::uint32_t top_k)
{
  ProblemList problems(path);
  try {
    std::vector<Entry> entries;
    if (begins_like_json_object(path)) {
      entries = read_logical_counts(path, problems);
    } else if (begins_like_json(path)) {
      entries = read_json(path, problems);
    } else {
      RegularFile file(path);
      entries = read_csv(file, problems);
    }
    if (problems.empty() && entries.empty())
      problems.add(fmt::format("{}:1:1: expected counts, found none", path));
    if (!problems.empty())
      return problems.all();
    models::ExpertCounts table = table_of(entries, path, problems);
    if (problems.empty())
      check_shares(table, top_k, path, problems);
    if (problems.empty())
      return table;
  } catch (const ConfigError& error) {
    problems.add(error.what());
  }
  return problems.all();
}

}  // namespace cm::workloads

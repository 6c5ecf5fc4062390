#include "tools/listing/listing.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "tools/shipped/shipped_files.h"
#include "tools/terminal/table_text.h"
#include "tools/workload_kinds/metric_catalogue.h"
#include "tools/workload_kinds/workload_table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;
using sim::metrics::Shape;

constexpr std::string_view Metrics = "metrics";
constexpr std::string_view MetricsSentence = "numbers of results, by kind of workload";
constexpr std::size_t FewestColumnsOfSentence = 24;

// One line of a list, or several: cells that keep their width, and words that are broken.
struct Row {
  std::vector<std::string> cells;
  std::string words;
};

// `words` broken at `columns`, further lines below the first.
std::string folded(const std::string& head, std::string_view words, std::size_t columns)
{
  const std::size_t indent = columns_of(head);
  const std::size_t limit = std::max(columns, indent + FewestColumnsOfSentence);
  std::string text = head;
  std::size_t column = indent;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    if (column > indent && column + 1 + columns_of(word) > limit) {
      text += "\n" + std::string(indent, ' ');
      column = indent;
    }
    text += column > indent ? " " : "";
    column += columns_of(word) + (column > indent ? 1 : 0);
    text += word;
  }
  while (text.ends_with(' '))
    text.pop_back();
  return text + "\n";
}

std::string in_columns(const std::vector<Row>& rows, std::size_t columns)
{
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.cells.size()), 0);
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(row.cells[i]));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string head = "  ";
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      head += left_aligned(row.cells[i], widths[i] + 2);
    text += folded(head, row.words, columns);
  }
  return text;
}

const FileKindRow* files_called(const std::string& what)
{
  for (const FileKindRow& row : file_kinds())
    if (row.folder == what)
      return &row;
  return nullptr;
}

// A list's name and how many entries it has.
struct Count {
  std::string name;
  std::size_t count = 0;
  std::string sentence;
};

std::vector<Count> counts_of(const std::string& config_root)
{
  std::vector<Count> counts;
  for (const FileKindRow& row : file_kinds())
    counts.push_back({std::string(row.folder), shipped_names(config_root, row.kind).size(), std::string(row.sentence)});
  counts.push_back({std::string(Metrics), all_metrics().size(), std::string(MetricsSentence)});
  return counts;
}

std::string counts_table(const std::string& config_root, std::size_t columns)
{
  std::vector<Row> rows;
  for (const Count& each : counts_of(config_root))
    rows.push_back({{each.name, right_aligned(fmt::format("{}", each.count), 4)}, each.sentence});
  return "cmsim list WHAT shows the names of\n\n" + in_columns(rows, columns);
}

std::string files_table(const FileKindRow& kind, const std::string& config_root, std::size_t columns)
{
  std::vector<Row> rows;
  for (const std::string& name : shipped_names(config_root, kind.kind))
    rows.push_back({{name}, sentence_of(shipped_path(config_root, kind.kind, name))});
  return fmt::format("{}, for {}\n\n{}", kind.folder, kind.use, in_columns(rows, columns));
}

// Kinds of workload whose metrics are shown.
std::vector<const WorkloadKind*> workloads_of(const ListRequest& request)
{
  std::vector<const WorkloadKind*> kinds;
  std::vector<std::string> names;
  for (const WorkloadKind& kind : workload_table()) {
    names.emplace_back(kind.name);
    if (request.workload.empty() || kind.name == request.workload)
      kinds.push_back(&kind);
  }
  if (kinds.empty())
    throw ConfigError(fmt::format("cmsim list metrics: expected a kind of workload, found \"{}\"{}", request.workload,
                                  name_advice(request.workload, names)));
  return kinds;
}

std::string metrics_table(const ListRequest& request, std::size_t columns)
{
  std::string text = "metrics of results; cmsim explain METRIC says more\n";
  for (const WorkloadKind* kind : workloads_of(request)) {
    std::vector<Row> rows;
    for (const sim::metrics::MetricDeclaration& metric : kind->metrics) {
      const std::string_view histogram = metric.shape == Shape::Histogram ? " (histogram)" : "";
      rows.push_back(
          {{std::string(metric.name), std::string(metric.unit)}, fmt::format("{}{}", metric.meaning, histogram)});
    }
    text += fmt::format("\n{}: {}\n{}", kind->name, kind->sentence, in_columns(rows, columns));
  }
  return text;
}

Json metrics_list(const ListRequest& request)
{
  const std::vector<const WorkloadKind*> wanted = workloads_of(request);
  Json list = Json::array();
  for (const CataloguedMetric& metric : all_metrics()) {
    const auto is_wanted = [&](const WorkloadKind* kind) {
      return std::ranges::find(metric.kinds, kind->name) != metric.kinds.end();
    };
    if (std::ranges::none_of(wanted, is_wanted))
      continue;
    list.push_back({{"name", metric.declaration.name},
                    {"unit", metric.declaration.unit},
                    {"meaning", metric.declaration.meaning},
                    {"formula", metric.declaration.formula},
                    {"histogram", metric.declaration.shape == Shape::Histogram},
                    {"workloads", metric.kinds}});
  }
  return list;
}

void require_use(const ListRequest& request)
{
  const std::vector<std::string> names = list_names();
  if (!request.what.empty() && std::ranges::find(names, request.what) == names.end())
    throw ConfigError(fmt::format("cmsim list: expected one of {}, found \"{}\"{}", sim::config::joined(names, ", "),
                                  request.what,
                                  near_names(request.what, names).empty() ? "" : name_advice(request.what, names)));
  if (!request.workload.empty() && request.what != Metrics)
    throw ConfigError(fmt::format("cmsim list {}: expected a kind of workload behind metrics only, found \"{}\"",
                                  request.what, request.workload));
}

}  // namespace

std::vector<std::string> list_names()
{
  std::vector<std::string> names;
  for (const FileKindRow& row : file_kinds())
    names.emplace_back(row.folder);
  names.emplace_back(Metrics);
  return names;
}

std::string list_table(const ListRequest& request, std::size_t columns)
{
  require_use(request);
  if (request.what.empty())
    return counts_table(request.config_root, columns);
  const FileKindRow* const kind = files_called(request.what);
  return kind != nullptr ? files_table(*kind, request.config_root, columns) : metrics_table(request, columns);
}

std::string list_json(const ListRequest& request)
{
  require_use(request);
  Json list = Json::array();
  if (request.what.empty()) {
    for (const Count& each : counts_of(request.config_root))
      list.push_back({{"name", each.name}, {"count", each.count}, {"sentence", each.sentence}});
  } else if (const FileKindRow* const kind = files_called(request.what)) {
    for (const std::string& name : shipped_names(request.config_root, kind->kind)) {
      const std::string path = shipped_path(request.config_root, kind->kind, name);
      list.push_back({{"name", name}, {"sentence", sentence_of(path)}, {"file", path}});
    }
  } else {
    list = metrics_list(request);
  }
  const Json root = {{request.what.empty() ? "list" : request.what, std::move(list)}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cm::tools

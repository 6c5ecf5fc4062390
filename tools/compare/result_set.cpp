#include "tools/compare/result_set.h"

#include "tools/files/output_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;
using sim::config::ReadingLog;

constexpr const char* ResultFile = "result.json";
constexpr const char* PointsFolder = "points";

// result.json and points/*.json below a folder, by path: the order of a folder is no order. What killed runs left is no
// result.
std::vector<fs::path> files_of_results(const fs::path& folder, std::error_code& error)
{
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
    const fs::path& path = each->path();
    if (is_unfinished(path.filename().string())) {
      each.disable_recursion_pending();
      continue;
    }
    const bool is_point = path.parent_path().filename() == PointsFolder && path.extension() == ".json";
    if (path.filename() == ResultFile || is_point)
      files.push_back(path);
  }
  std::ranges::sort(files);
  return files;
}

// Where in the set a file was found: its run's or its sweep's folder. Empty for the set itself.
std::string place_of(const fs::path& file, const fs::path& root)
{
  fs::path folder = file.parent_path();
  if (folder.filename() == PointsFolder)
    folder = folder.parent_path();
  const fs::path relative = folder.lexically_relative(root);
  return relative == "." ? std::string() : relative.generic_string();
}

std::string label_of(const std::string& place, const std::string& own)
{
  return place.empty() || own.empty() ? place + own : fmt::format("{}: {}", place, own);
}

void add(ResultSet& set, StoredResult result, ReadingLog& log)
{
  if (const StoredResult* same = set.find(result.label))
    return add_problem(log, {result.file}, "", fmt::format("the same point as in {}: {}", same->file, result.label));
  set.results.push_back(std::move(result));
}

}  // namespace

const StoredResult* ResultSet::find(std::string_view label) const
{
  const auto found = std::ranges::find(results, label, &StoredResult::label);
  return found == results.end() ? nullptr : &*found;
}

ResultSet read_results(const std::string& path, ReadingLog& log)
{
  ResultSet set{.path = path, .results = {}};
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (auto result = read_stored_result(path, log))
      set.results.push_back(std::move(*result));
    return set;
  }
  fs::path root = fs::path(path).lexically_normal();
  if (!root.has_filename())
    root = root.parent_path();
  const std::vector<fs::path> files = files_of_results(root, error);
  if (error)
    add_problem(log, {path}, "", fmt::format("cannot read the folder: {}", error.message()));
  else if (files.empty())
    add_problem(log, {path}, "", "expected a result, a sweep or a folder of them, found no result.json and no points");
  for (const fs::path& file : files)
    if (auto result = read_stored_result(file.string(), log)) {
      result->label = label_of(place_of(file, root), result->label);
      add(set, std::move(*result), log);
    }
  return set;
}

}  // namespace cm::tools

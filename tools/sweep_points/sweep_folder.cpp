#include "tools/sweep_points/sweep_folder.h"

#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tools/files/file_digest.h"
#include "tools/files/json_file.h"
#include "tools/files/point_file.h"
#include "tools/shipped/version.h"
#include "tools/terminal/shell_words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view Schema = "cmsim-sweep/1";
constexpr const char* IdentityFile = "sweep.json";

[[noreturn]] void refuse(const SweepFolder& folder, const std::string& reason)
{
  throw ConfigError(fmt::format("--out {}: {}", folder.path(), reason));
}

// As sweep.json tells it.
struct EarlierSweep {
  std::string program;
  std::uint64_t points = 0;
  std::vector<std::string> sets{};  // of its command line; none where earlier versions wrote it
};

// Empty when there is none of ours. Throws ConfigError with the place when what is there is damaged.
std::optional<EarlierSweep> earlier_sweep(const SweepFolder& folder)
{
  std::error_code error;
  if (!fs::exists(folder.file(IdentityFile), error))
    return std::nullopt;
  sim::config::ReadingLog log;
  const JsonFile file(folder.file(IdentityFile), log);
  throw_if_any(log);
  if (!file.has({"schema"}) || file.text({"schema"}) != Schema) {
    throw_if_any(log);
    return std::nullopt;
  }
  EarlierSweep earlier{.program = file.text({"program"}), .points = file.count({"points"})};
  if (file.has({"inputs", "sets"}))
    for (std::size_t i = 0; i < file.list({"inputs", "sets"}).size(); ++i)
      earlier.sets.push_back(file.text({"inputs", "sets", fmt::format("{}", i)}));
  throw_if_any(log);
  return earlier;
}

std::string settings_text(const std::vector<std::string>& sets)
{
  std::vector<std::string> words;
  for (const std::string& set : sets)
    words.insert(words.end(), {"--set", set});
  return words.empty() ? "no --set" : shell_text(words);
}

// Whether a sweep that was killed before it had an identity may have left this file: its lock, or the half-written
// identity.
bool is_left_of_start(const std::string& name)
{
  return name == FolderLock::FileName || (name.starts_with(IdentityFile) && sim::metrics::is_partial(name));
}

// Its path; throws ConfigError when somebody else's files are there.
std::string free_or_ours(const SweepFolder& folder)
{
  std::error_code error;
  const fs::path path = folder.path();
  if (!fs::exists(fs::symlink_status(path, error)))
    return folder.path();
  if (!fs::is_directory(path, error))
    refuse(folder, "expected a folder, found something else of that name");
  bool has_files = false;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, error))
    has_files = has_files || !is_left_of_start(entry.path().filename().string());
  if (error)
    refuse(folder, fmt::format("cannot read the folder: {}", error.message()));
  if (has_files && !earlier_sweep(folder))
    refuse(folder, "expected a new or empty folder or one with an earlier sweep, found one with other files");
  return folder.path();
}

void remove_partial_files(const std::string& folder)
{
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored))
    if (sim::metrics::is_partial(entry.path().filename().string()))
      fs::remove(entry.path(), ignored);
}

// Never a half-written one, which may look whole: its process was killed before it said that it is.
std::vector<fs::path> point_files(const SweepFolder& folder)
{
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.file("points"), ignored))
    if (is_point_file(entry.path().filename().string()))
      files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::size_t points_through(const SweepFolder& folder)
{
  return point_files(folder).size();
}

std::string identity_text(const SweepPlan& plan, const SweepIdentity& identity)
{
  Json text = {{"schema", Schema},
               {"sweep", identity.sweep},
               {"version", version()},
               {"program", identity.program},
               {"points", plan.points.size()}};
  if (!plan.inputs.empty())
    text["inputs"] = Json::parse(plan.inputs);
  return text.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Digest -> index in the plan.
std::map<std::string, std::size_t> indices_of(const SweepPlan& plan)
{
  std::map<std::string, std::size_t> indices;
  for (std::size_t i = 0; i < plan.points.size(); ++i)
    indices[plan.points[i].digest] = i;
  return indices;
}

}  // namespace

SweepFolder::SweepFolder(const std::string& path) : path_(fs::path(path).lexically_normal().string())
{
  if (path_.size() > 1 && path_.ends_with('/'))
    path_.pop_back();
  if (path_.empty())
    throw ConfigError("--out: expected the name of a folder, found nothing");
}

void SweepFolder::write(const std::string& name, const std::string& content) const
{
  std::error_code error;
  fs::create_directories(fs::path(file(name)).parent_path(), error);
  sim::metrics::write_whole(file(name), content);
}

OpenedFolder::OpenedFolder(const SweepFolder& folder, bool is_resumed, const std::vector<std::string>& sets)
    : folder_(folder), is_resumed_(is_resumed), held_(free_or_ours(folder), "sweep")
{
  const auto earlier = earlier_sweep(folder);
  if (is_resumed && earlier && earlier->sets != sets)
    refuse(folder, fmt::format("its points had {}, this call has {}; --resume goes on with the settings that it finds, "
                               "other settings go into another folder",
                               settings_text(earlier->sets), settings_text(sets)));
  if (is_resumed || !earlier)
    return;
  const std::size_t through = points_through(folder);
  const std::uint64_t points = earlier->points;
  if (through > 0 && through < points)
    refuse(folder,
           fmt::format("holds an unfinished sweep ({} of {} points); --resume goes on with it, removing the folder "
                       "starts again",
                       through, points));
}

EarlierPoints OpenedFolder::keep(const SweepPlan& plan, const SweepIdentity& identity)
{
  held_.keep();
  std::error_code error;
  // Both tell of points that may go below.
  for (const char* const name : {"results.csv", "report.html"})
    fs::remove(folder_.file(name), error);
  EarlierPoints earlier;
  earlier.records.resize(plan.points.size());
  const auto before = earlier_sweep(folder_);
  earlier.is_other_program = is_resumed_ && before && before->program != identity.program;
  const bool keeps = is_resumed_ && !earlier.is_other_program;
  const auto indices = indices_of(plan);
  for (const fs::path& file : point_files(folder_)) {
    const auto record = keeps ? read_point(file.string()) : std::nullopt;
    const auto index = record ? indices.find(record->digest) : indices.end();
    if (record && index == indices.end())
      ++earlier.outdated;
    if (index == indices.end() || !record->is_finished()) {
      fs::remove(file, error);
      continue;
    }
    // Points keep their files when the sweep grows and their numbers change.
    fs::rename(file, folder_.point_path(file_name(index->second + 1, plan.points[index->second])), error);
    earlier.records[index->second] = record;
  }
  remove_partial_files(folder_.path());
  remove_partial_files(folder_.file("points"));
  folder_.write(IdentityFile, identity_text(plan, identity));
  fs::create_directories(folder_.file("points"), error);
  if (error)
    refuse(folder_, fmt::format("cannot write: {}", error.message()));
  return earlier;
}

std::string program_digest()
{
  return file_digest("/proc/self/exe");
}

}  // namespace cm::tools

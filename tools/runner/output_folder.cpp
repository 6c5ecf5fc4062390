#include "tools/runner/output_folder.h"

#include "sim/config/reading_log.h"
#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tools/runner/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <system_error>
#include <utility>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

// Files that mark a folder as ours, and how their schemas begin.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> Marks{{
    {"result.json", "cmsim-result/"},
    {"comparison.json", "cmsim-comparison/"},
}};

// Written on request only: those of an earlier run would pass for this run's.
constexpr std::array<std::string_view, 3> OnRequest{"timeline.json.gz", "requests.csv", "report.html"};

constexpr std::string_view Complete = ".complete";

// While it lives, Ctrl-C and the like wait: files that have begun to take their places all arrive.
class HeldSignals {
 public:
  HeldSignals()
  {
    sigset_t held{};
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
      sigaddset(&held, signal);
    ::pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

[[noreturn]] void refuse(const fs::path& path, std::string_view reason)
{
  throw ConfigError(fmt::format("--out {}: {}", path.string(), reason));
}

bool is_of_ours(const fs::path& file, std::string_view schema)
{
  sim::config::ReadingLog problems;
  const JsonFile document(file.string(), problems);
  return document.has({"schema"}) && document.text({"schema"}).starts_with(schema);
}

bool has_result(const fs::path& folder)
{
  return std::ranges::any_of(Marks, [&](const auto& mark) { return is_of_ours(folder / mark.first, mark.second); });
}

bool is_mark(const std::string& name)
{
  return std::ranges::find(Marks, name, &std::pair<std::string_view, std::string_view>::first) != Marks.end();
}

std::vector<fs::path> entries_of(const fs::path& folder)
{
  std::vector<fs::path> entries;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    entries.push_back(entry.path());
  if (error)
    refuse(folder, fmt::format("cannot read the folder: {}", error.message()));
  return entries;
}

bool holds_other_files(const fs::path& folder)
{
  const std::vector<fs::path> entries = entries_of(folder);
  return !std::ranges::all_of(entries, [](const fs::path& entry) { return is_unfinished(entry.filename().string()); });
}

void require_free_or_ours(const fs::path& path)
{
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error)))
    return;
  if (!fs::is_directory(path, error))
    refuse(path, "expected a folder, found something else of that name");
  if (holds_other_files(path) && !has_result(path) && !has_result(path / Complete))
    refuse(path, "expected a new or empty folder or one with an earlier result, found one with other files");
}

void move(const fs::path& from, const fs::path& to)
{
  std::error_code error;
  fs::rename(from, to, error);
  if (error)
    refuse(to.parent_path(), fmt::format("cannot write {}: {}", to.filename().string(), error.message()));
}

void remove_earlier(const fs::path& folder, std::string_view mark)
{
  std::error_code error;
  // The mark goes last: without it the others are those of the new result already.
  for (const std::string_view name : OnRequest)
    fs::remove(folder / name, error);
  fs::remove(folder / mark, error);
}

// From here on the folder has the new result, whoever puts the rest of it in place.
void put_in_place(const fs::path& folder)
{
  const fs::path complete = folder / Complete;
  std::error_code error;
  for (const auto& [mark, schema] : Marks)
    if (fs::exists(complete / mark, error) && fs::exists(folder / mark, error))
      remove_earlier(folder, mark);
  std::vector<fs::path> files = entries_of(complete);
  std::ranges::sort(files, {}, [](const fs::path& file) { return is_mark(file.filename().string()); });
  for (const fs::path& file : files)
    move(file, folder / file.filename());
  fs::remove(complete, error);
}

// With the folder in hand: nobody else writes results there.
void clear_leavings(const fs::path& folder)
{
  std::error_code error;
  if (fs::is_directory(folder / Complete, error))
    put_in_place(folder);
  for (const fs::path& entry : entries_of(folder))
    if (sim::metrics::is_left_behind(entry.filename().string()))
      fs::remove_all(entry, error);
}

// A folder for files on their way; gone again unless they arrive.
class Stage {
 public:
  explicit Stage(const fs::path& folder) : folder_(folder), path_(folder / sim::metrics::partial_name(""))
  {
    std::error_code error;
    fs::remove_all(path_, error);
    if (!fs::create_directory(path_, error))
      refuse(folder, fmt::format("cannot write: {}", error.message()));
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage()
  {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  void add(const OutputFolder::File& file) const
  {
    std::error_code error;
    if (fs::is_directory(folder_ / file.name, error))
      refuse(folder_, fmt::format("cannot write {}: there is a folder of that name", file.name));
    sim::metrics::write_whole((path_ / file.name).string(), file.content);
  }

  void complete() const
  {
    move(path_, folder_ / Complete);
    put_in_place(folder_);
  }

 private:
  const fs::path& folder_;  // borrowed from the one call that this object lives in
  fs::path path_;
};

}  // namespace

OutputFolder::OutputFolder(const std::string& path, std::string_view work) : path_(fs::path(path).lexically_normal())
{
  if (path.empty())
    throw ConfigError("--out: expected the name of a folder, found nothing");
  if (!path_.has_filename())
    path_ = path_.parent_path();
  require_free_or_ours(path_);
  held_.emplace(path_.string(), work);
  clear_leavings(path_);
}

std::vector<std::string> OutputFolder::write(const std::vector<File>& files)
{
  ensure(held_.has_value(), "{}: files are written once", path_.string());
  const HeldSignals signals;
  const Stage stage(path_);
  for (const File& file : files)
    stage.add(file);
  stage.complete();
  held_->keep();
  held_.reset();
  std::vector<std::string> paths;
  for (const File& file : files)
    paths.push_back((path_ / file.name).lexically_normal().string());
  return paths;
}

bool is_unfinished(std::string_view name)
{
  return name == FolderLock::FileName || name == Complete || sim::metrics::is_partial(name);
}

}  // namespace cm::tools

#include "tools/files/output_folder.h"

#include "sim/config/reading_log.h"
#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tools/files/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <system_error>
#include <utility>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

struct Mark {
  ResultMark kind;
  std::string_view file;    // marks a folder as ours
  std::string_view schema;  // how that of the file begins
  std::string_view words;   // for the result
};

constexpr std::array<Mark, 4> Marks{{
    {ResultMark::Result, "result.json", "cmsim-result/", "a result"},
    {ResultMark::Comparison, "comparison.json", "cmsim-comparison/", "a comparison"},
    {ResultMark::Sensitivity, "sensitivity.json", "cmsim-sensitivity/", "a sensitivity"},
    {ResultMark::Validation, "validation.json", "cmsim-validation/", "a validation"},
}};

// Runs of a command that was stopped (tools/processes/run_journal.h).
constexpr std::string_view FinishedRuns = "finished-runs.jsonl";

// Not written by every run: those of an earlier one would pass for this run's.
constexpr std::array<std::string_view, 4> OnRequest{"timeline.json.gz", "requests.csv", "report.html", FinishedRuns};

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

// The first kind of result that the folder holds; null: none.
const Mark* mark_of(const fs::path& folder)
{
  const auto* const found =
      std::ranges::find_if(Marks, [&](const Mark& mark) { return is_of_ours(folder / mark.file, mark.schema); });
  return found == Marks.end() ? nullptr : found;
}

bool is_mark(const std::string& name)
{
  return std::ranges::find(Marks, name, &Mark::file) != Marks.end();
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
  return !std::ranges::all_of(entries, [](const fs::path& entry) {
    const std::string name = entry.filename().string();
    return is_unfinished(name) || name == FinishedRuns;
  });
}

void require_free_or_ours(const fs::path& path, ResultMark kind)
{
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error)))
    return;
  if (!fs::is_directory(path, error))
    refuse(path, "expected a folder, found something else of that name");
  const Mark* mark = mark_of(path / Complete);
  if (mark == nullptr)
    mark = mark_of(path);
  if (mark == nullptr && holds_other_files(path))
    refuse(path, "expected a new or empty folder or one with an earlier result, found one with other files");
  // Two kinds in one folder would pass for one another, and a page could only be of one of them.
  if (mark != nullptr && mark->kind != kind)
    refuse(path, fmt::format("expected a new or empty folder or one with {}, found {} ({})",
                             std::ranges::find(Marks, kind, &Mark::kind)->words, mark->words, mark->file));
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
  for (const Mark& mark : Marks)
    if (fs::exists(complete / mark.file, error) && fs::exists(folder / mark.file, error))
      remove_earlier(folder, mark.file);
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

OutputFolder::OutputFolder(const std::string& path, std::string_view work, ResultMark mark)
    : path_(fs::path(path).lexically_normal())
{
  if (path.empty())
    throw ConfigError("--out: expected the name of a folder, found nothing");
  if (!path_.has_filename())
    path_ = path_.parent_path();
  require_free_or_ours(path_, mark);
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

#include "tools/runner/output_folder.h"

#include "sim/config/reading_log.h"
#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tools/runner/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

// Files that mark a folder as ours, and how their schemas begin.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> Marks{{
    {"result.json", "cmsim-result/"},
    {"comparison.json", "cmsim-comparison/"},
}};

// Written on request only: what an earlier run left would pass for this run's.
constexpr std::array<std::string_view, 3> OnRequest{"timeline.json.gz", "requests.csv", "report.html"};

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

// Tried, not asked for: for root and on special file systems permissions say little.
void require_writable(const fs::path& asked, const fs::path& folder)
{
  const fs::path probe = folder / fmt::format(".cmsim-probe-{}", ::getpid());
  std::error_code error;
  if (!fs::create_directory(probe, error))
    refuse(asked, fmt::format("cannot write in the folder {}: {}", folder.string(), error.message()));
  fs::remove(probe, error);
}

void require_creatable(const fs::path& path)
{
  fs::path parent = path.parent_path();
  std::error_code error;
  while (!parent.empty() && fs::symlink_status(parent, error).type() == fs::file_type::not_found)
    parent = parent.parent_path();
  if (parent.empty())
    parent = ".";
  if (!fs::is_directory(parent, error))
    refuse(path, fmt::format("{} is not a folder, so none can be created in it", parent.string()));
  require_writable(path, parent);
}

void require_ours(const fs::path& path)
{
  std::error_code error;
  const bool is_empty = fs::is_empty(path, error);
  if (error)
    refuse(path, fmt::format("cannot read the folder: {}", error.message()));
  const bool is_ours =
      std::ranges::any_of(Marks, [&](const auto& mark) { return is_of_ours(path / mark.first, mark.second); });
  if (!is_empty && !is_ours)
    refuse(path, "expected a new or empty folder or one with an earlier result, found one with other files");
  require_writable(path, path);
}

void write_into(const fs::path& folder, const std::vector<OutputFolder::File>& files)
{
  for (const std::string_view name : OnRequest)
    if (std::ranges::find(files, name, &OutputFolder::File::name) == files.end()) {
      std::error_code ignored;
      fs::remove(folder / name, ignored);
    }
  for (const OutputFolder::File& file : files)
    sim::metrics::write_whole((folder / file.name).string(), file.content);
}

// Folders that come into being for one result, and are gone again unless it is complete.
class NewFolders {
 public:
  explicit NewFolders(const fs::path& path) : asked_(path)
  {
    std::error_code error;
    for (fs::path parent = path.parent_path(); !parent.empty() && !fs::exists(parent, error);
         parent = parent.parent_path())
      created_.push_back(parent);
    partial_ = path;
    partial_ += fmt::format(".partial-{}", ::getpid());
    created_.insert(created_.begin(), partial_);
    fs::create_directories(partial_, error);
    if (error) {
      remove();
      refuse(path, fmt::format("cannot create it: {}", error.message()));
    }
  }

  NewFolders(const NewFolders&) = delete;
  NewFolders& operator=(const NewFolders&) = delete;

  ~NewFolders()
  {
    if (!is_complete_)
      remove();
  }

  [[nodiscard]] const fs::path& partial() const { return partial_; }

  void complete()
  {
    std::error_code error;
    fs::rename(partial_, asked_, error);
    if (error)
      refuse(asked_, fmt::format("cannot create it: {}", error.message()));
    is_complete_ = true;
  }

 private:
  void remove()
  {
    std::error_code ignored;
    fs::remove_all(partial_, ignored);
    // Innermost first, and only what is empty: others may have put something there meanwhile.
    for (const fs::path& folder : created_)
      fs::remove(folder, ignored);
  }

  fs::path asked_;
  fs::path partial_;
  std::vector<fs::path> created_;  // innermost first
  bool is_complete_ = false;
};

}  // namespace

OutputFolder::OutputFolder(const std::string& path) : path_(fs::path(path).lexically_normal())
{
  if (path.empty())
    throw ConfigError("--out: expected the name of a folder, found nothing");
  if (!path_.has_filename())
    path_ = path_.parent_path();
  std::error_code error;
  const fs::file_status status = fs::status(path_, error);
  if (fs::is_directory(status))
    require_ours(path_);
  else if (fs::exists(fs::symlink_status(path_, error)))
    refuse(path_, "expected a folder, found something else of that name");
  else
    require_creatable(path_);
}

std::vector<std::string> OutputFolder::write(const std::vector<File>& files) const
{
  std::error_code error;
  if (fs::is_directory(path_, error))
    write_into(path_, files);
  else
    write_new(files);
  std::vector<std::string> paths;
  for (const File& file : files)
    paths.push_back((path_ / file.name).lexically_normal().string());
  return paths;
}

void OutputFolder::write_new(const std::vector<File>& files) const
{
  NewFolders folders(path_);
  write_into(folders.partial(), files);
  folders.complete();
}

}  // namespace cm::tools

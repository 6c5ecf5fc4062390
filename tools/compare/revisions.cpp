#include "tools/compare/revisions.h"

#include "sim/config/reading_log.h"
#include "sim/diagnostics/errors.h"
#include "tools/processes/system_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

struct Side {
  std::string name;      // "old" or "new"
  std::string revision;  // as typed
  std::string commit;
};

// Held until the process ends, however it ends.
class FolderHold {
 public:
  explicit FolderHold(const fs::path& folder)
      : descriptor_(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644))
  {
    if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      const std::string folder_name = folder.string();
      release();
      throw ConfigError(
          fmt::format("--rev: another comparison is at work in {}, or it cannot be written", folder_name));
    }
  }

  FolderHold(const FolderHold&) = delete;
  FolderHold& operator=(const FolderHold&) = delete;
  ~FolderHold() { release(); }

 private:
  void release() const
  {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }

  int descriptor_;
};

std::string without_newline(std::string text)
{
  while (text.ends_with('\n'))
    text.pop_back();
  return text;
}

bool is_commit(std::string_view text)
{
  return text.size() >= 40 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

CommandOutcome git(const std::string& folder, std::vector<std::string> arguments)
{
  arguments.insert(arguments.begin(), {"git", "-C", folder});
  return run_command(arguments);
}

// Empty, with the reason in the log, when there is no such commit.
std::string commit_of(const std::string& repository, const std::string& revision, sim::config::ReadingLog& log)
{
  if (revision.starts_with('-')) {
    add_problem(log, {"--rev"}, "", fmt::format("expected a branch, a tag or a commit, found \"{}\"", revision));
    return {};
  }
  const CommandOutcome outcome =
      git(repository, {"rev-parse", "--quiet", "--verify", "--end-of-options", revision + "^{commit}"});
  std::string commit = without_newline(outcome.output);
  if (outcome.status == 0 && is_commit(commit))
    return commit;
  // Without a word there is a repository, and no such commit in it.
  if (outcome.complaint.empty())
    add_problem(log, {"--rev"}, "",
                fmt::format("expected a commit of the repository {}, found \"{}\" (a shallow clone lacks older ones)",
                            repository, revision));
  else
    add_problem(log, {"--rev"}, "", fmt::format("{}: git: {}", revision, reason_of(outcome)));
  return {};
}

std::vector<Side> sides_of(const RevisionRequest& request)
{
  sim::config::ReadingLog log;
  std::vector<Side> sides{{"old", request.old_revision, commit_of(request.repository, request.old_revision, log)},
                          {"new", request.new_revision, commit_of(request.repository, request.new_revision, log)}};
  std::error_code ignored;
  for (const std::string& scenario : request.scenarios)
    if (!fs::is_regular_file(scenario, ignored))
      add_problem(log, {scenario}, "", "expected the file of a scenario, found no such file");
  throw_if_any(log);
  return sides;
}

void require(const CommandOutcome& outcome, const std::string& what)
{
  if (outcome.status != 0)
    throw ConfigError(fmt::format("--rev: {}: {}", what, reason_of(outcome)));
}

std::string not_an_option(const std::string& path)
{
  return path.starts_with('-') ? "./" + path : path;
}

// The worktree of a side, at its commit.
fs::path check_out(const RevisionRequest& request, const Side& side, const fs::path& folder)
{
  const fs::path tree = folder / side.name;
  // A folder that git does not know (copied, or its repository was made anew) is no worktree of ours.
  const bool is_known =
      fs::exists(tree / ".git") && git(tree.string(), {"rev-parse", "--quiet", "--verify", side.commit}).status == 0;
  if (is_known) {
    require(git(tree.string(), {"checkout", "--quiet", "--force", "--detach", side.commit}),
            fmt::format("git checkout {}", side.revision));
    return tree;
  }
  fs::remove_all(tree);
  // git still knows a worktree that somebody removed by hand.
  require(git(request.repository, {"worktree", "prune"}), "git worktree prune");
  require(git(request.repository, {"worktree", "add", "--quiet", "--force", "--detach", tree.string(), side.commit}),
          fmt::format("git worktree add {}", side.revision));
  return tree;
}

// Names of folders: those of the scenarios' files, and numbers behind names that stand twice.
std::vector<std::string> names_of(const std::vector<std::string>& scenarios)
{
  std::vector<std::string> names;
  for (const std::string& scenario : scenarios) {
    const std::string stem = fs::path(scenario).stem().string();
    std::string name = stem;
    for (int number = 2; std::ranges::find(names, name) != names.end(); ++number)
      name = fmt::format("{}-{}", stem, number);
    names.push_back(name);
  }
  return names;
}

// Share of a build that ninja is at: 0.5 of "[57/114] Building ..."; 0 for any other line.
double built_share(const std::string& line)
{
  std::size_t done = 0;
  std::size_t all = 0;
  const char* const end = line.data() + line.size();
  if (!line.starts_with('['))
    return 0;
  const auto [slash, error] = std::from_chars(line.data() + 1, end, done);
  if (error != std::errc() || slash == end || *slash != '/' || std::from_chars(slash + 1, end, all).ec != std::errc() ||
      all == 0)
    return 0;
  return std::min(1.0, static_cast<double>(done) / static_cast<double>(all));
}

// A build may say a thousand lines; the last ones say what was wrong.
std::string last_lines(const std::string& text)
{
  constexpr int Most = 40;
  const std::string whole = without_newline(text);
  std::size_t at = whole.size();
  for (int lines = 0; lines < Most; ++lines) {
    const std::size_t newline = at > 0 ? whole.rfind('\n', at - 1) : std::string::npos;
    if (newline == std::string::npos)
      return whole;
    at = newline;
  }
  return whole.substr(at + 1);
}

// The runs of both sides, in the order in which they are done.
class RunCount {
 public:
  RunCount(std::size_t runs, sim::metrics::Progress& progress) : runs_(runs), progress_(progress) {}

  void begin(std::string what)
  {
    what_ = std::move(what);
    tell({});
  }
  void end() { ++done_; }

  // `line`: the last one that the run wrote.
  void tell(const std::string& line)
  {
    const double share = (static_cast<double>(done_) + built_share(line)) / static_cast<double>(runs_);
    progress_.update(share,
                     fmt::format("run {} of {}, {}{}{}", done_ + 1, runs_, what_, line.empty() ? "" : ": ", line));
  }

 private:
  std::size_t runs_;
  sim::metrics::Progress& progress_;
  std::size_t done_ = 0;
  std::string what_;
};

std::string run_side(const RevisionRequest& request, const Side& side, const fs::path& folder, RunCount& runs)
{
  const fs::path tree = check_out(request, side, folder);
  const fs::path results = folder / "results" / side.name;
  fs::remove_all(results);
  const std::vector<std::string> names = names_of(request.scenarios);
  for (std::size_t i = 0; i < names.size(); ++i) {
    runs.begin(fmt::format("{} ({}): {}", side.name, side.revision, request.scenarios[i]));
    std::vector<std::string> call{(tree / "tools" / "cmsim").string(), "run", not_an_option(request.scenarios[i]),
                                  "--out", (results / names[i]).string()};
    for (const std::string& set : request.sets)
      call.insert(call.end(), {"--set", set});
    // Setting up, building and running say on standard error what they do, and what went wrong.
    const CommandOutcome outcome = run_command(call, [&](const std::string& line) { runs.tell(line); });
    if (outcome.status != 0)
      throw ConfigError(fmt::format("--rev: revision {}: cmsim run {} ended with status {}{}{}", side.revision,
                                    request.scenarios[i], outcome.status, outcome.complaint.empty() ? "" : ":\n",
                                    last_lines(outcome.complaint)));
    runs.end();
  }
  return results.string();
}

}  // namespace

RevisionResults run_revisions(const RevisionRequest& request, sim::metrics::Progress& progress)
{
  const std::vector<Side> sides = sides_of(request);
  const fs::path folder = fs::absolute(fs::path(request.repository)).lexically_normal() / "build" / "compare";
  std::error_code error;
  fs::create_directories(folder, error);
  const FolderHold hold(folder);
  RunCount runs(2 * request.scenarios.size(), progress);
  RevisionResults results;
  results.old_folder = run_side(request, sides[0], folder, runs);
  results.new_folder = run_side(request, sides[1], folder, runs);
  return results;
}

}  // namespace cm::tools

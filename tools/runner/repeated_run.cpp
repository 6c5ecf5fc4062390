#include "tools/runner/repeated_run.h"

#include "sim/diagnostics/errors.h"
#include "tools/files/json_file.h"
#include "tools/results/stored_inputs.h"
#include "tools/runner/run.h"
#include "tools/runner/run_inputs.h"
#include "tools/shipped/version.h"
#include "tools/terminal/shell_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;
using sim::metrics::DigestedFile;

// The file of a result; empty when the path names none.
std::string result_file(const std::string& path)
{
  std::error_code error;
  const fs::path inside = fs::path(path) / "result.json";
  if (fs::is_regular_file(inside, error))
    return inside.lexically_normal().string();
  return fs::path(path).extension() == ".json" ? path : std::string();
}

template <typename Number>
bool parse(const std::string& text, Number& number)
{
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end;
}

bool take_option(const std::string& option, const std::string& value, RepeatedRun& run)
{
  if (option == "--set")
    run.sets.push_back(value);
  else if (option == "--find-capacity")
    run.capacity = value;
  else if (option == "--seed")
    return parse(value, run.seed);
  else
    return option == "--uncertainty" && parse(value, run.uncertainty);
  return true;
}

// False when it is no command of ours.
bool take_command(const std::string& command, RepeatedRun& run)
{
  const auto words = shell_words(command);
  if (!words || words->size() < 3 || (*words)[0] != "cmsim" || (*words)[1] != "run")
    return false;
  run.scenario = (*words)[2];
  for (std::size_t i = 3; i < words->size();) {
    const bool is_flag = (*words)[i] == "--what-if-free";
    if (!is_flag && (i + 1 == words->size() || !take_option((*words)[i], (*words)[i + 1], run)))
      return false;
    run.what_if_free = run.what_if_free || is_flag;
    i += is_flag ? 1 : 2;
  }
  return true;
}

constexpr std::uintmax_t LargestLog = 1U << 20U;

// Value of a line "key: value" in the run.log beside a result.
std::string logged(const std::string& result, const std::string& key)
{
  const fs::path log = fs::path(result).parent_path() / "run.log";
  std::error_code ignored;
  if (!fs::is_regular_file(log, ignored) || fs::file_size(log, ignored) > LargestLog)
    return {};
  std::ifstream in(log);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(key + ": "))
      return line.substr(key.size() + 2);
  return {};
}

void require_scenario(const RepeatedRun& run, const ScenarioRequest& request)
{
  std::error_code error;
  if (fs::exists(request.path, error))
    return;
  const std::string folder = logged(run.file, "folder");
  throw ConfigError(fmt::format("{}: run.inputs.command: expected a readable file, found no {} in the current folder{}",
                                to_text(run.place), run.scenario,
                                folder.empty() ? "" : fmt::format("; the result was made in {}", folder)));
}

// The file that takes the place of `wanted` in another reading: the one of its key, wherever it lies now. A key that
// has several files, as parts have, is followed by name or by contents. Null when there is none.
const DigestedFile* counterpart(const DigestedFile& wanted, const std::vector<DigestedFile>& own,
                                const std::vector<DigestedFile>& others)
{
  const bool is_only_one = std::ranges::count(own, wanted.key, &DigestedFile::key) == 1 &&
                           std::ranges::count(others, wanted.key, &DigestedFile::key) == 1;
  const auto is_it = [&](const DigestedFile& each) {
    return each.key == wanted.key && (is_only_one || each.name == wanted.name || each.digest == wanted.digest);
  };
  const auto found = std::ranges::find_if(others, is_it);
  return found == others.end() ? nullptr : &*found;
}

}  // namespace

std::optional<RepeatedRun> find_repeated_run(const std::string& path)
{
  RepeatedRun run;
  run.file = result_file(path);
  if (run.file.empty())
    return std::nullopt;
  sim::config::ReadingLog log;
  const JsonFile file(run.file, log);
  // A scenario may be written as JSON too.
  if (run.file == path && (!file.root().is_object() || !file.has({"schema"})))
    return std::nullopt;
  const auto stored = read_stored_inputs(file);
  if (!stored && log.problems.empty())
    file.complain({"run", "inputs"}, "what was run, which results of earlier versions do not tell");
  if (stored && log.problems.empty() && !take_command(stored->inputs.command, run))
    file.complain({"run", "inputs", "command"}, "cmsim run SCENARIO with --set, --seed and the like");
  throw_if_any(log);
  run.place = file.position({"run", "inputs", "command"});
  run.program = stored->program;
  run.files = stored->inputs.files;
  return run;
}

std::vector<std::string> changes_since(const RepeatedRun& run, const ScenarioRequest& request)
{
  require_scenario(run, request);
  std::vector<std::string> changes;
  if (run.program != version_and_commit())
    changes.push_back(
        fmt::format("the program has changed: {} made it, this is {}", run.program, version_and_commit()));
  const sim::config::ReadingLog log = read_scenario(request).log;
  // Files that cannot be read any more are an error of the run, which tells them.
  if (!log.problems.empty())
    return changes;
  const std::vector<DigestedFile> now = digested_files(log);
  for (const DigestedFile& before : run.files) {
    const DigestedFile* file = counterpart(before, run.files, now);
    if (file == nullptr)
      changes.push_back(fmt::format("{} is no longer read for {}", before.name, before.key));
    else if (file->digest != before.digest)
      changes.push_back(fmt::format("{} has changed", before.name));
  }
  for (const DigestedFile& file : now)
    if (counterpart(file, now, run.files) == nullptr)
      changes.push_back(fmt::format("{} is read now for {}", file.name, file.key));
  return changes;
}

}  // namespace cm::tools

#include "tools/processes/run_journal.h"

#include "sim/config/digest.h"
#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tools/files/file_digest.h"
#include "tools/processes/child_runs.h"
#include "tools/runner/run.h"
#include "tools/runner/run_inputs.h"
#include "tools/scenario/scenario.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view Head = R"({"schema":"cmsim-runs/1"})";

std::string line_of(const std::string& name, const std::string& result)
{
  return fmt::format(R"({{"run":"{}","result":{}}})", name, result) + "\n";
}

std::string kept_part(const std::string& output)
{
  Json result = Json::parse(output);
  for (const char* const section : {"series", "tables", "chips", "notes"})
    result.erase(section);
  return result.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void append(const std::string& path, const std::string& text)
{
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const bool is_written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  if (file >= 0)
    ::close(file);
  if (!is_written)
    throw ConfigError(fmt::format("{}: cannot write: {}", path, std::generic_category().message(error)));
}

}  // namespace

RunJournal::RunJournal(const std::string& folder)
    : path_((std::filesystem::path(folder) / FileName).lexically_normal().string()),
      program_(file_digest("/proc/self/exe"))
{
  std::ifstream file(path_);
  std::string line;
  if (!std::getline(file, line) || line != Head)
    return;
  while (std::getline(file, line)) {
    const Json entry = Json::parse(line, nullptr, false);
    if (entry.is_object() && entry.contains("run") && entry["run"].is_string() && entry.contains("result"))
      runs_[entry["run"].get<std::string>()] = entry["result"].dump();
  }
}

std::string RunJournal::name_of(const ChildRun& run) const
{
  sim::config::ReadingLog log;
  const ScenarioRequest request = request_of(run, log);
  if (!log.problems.empty())
    return {};
  const ScenarioReading reading = read_scenario(request);
  if (!reading.log.problems.empty())
    return {};
  sim::config::Digest digest;
  digest.add(program_);
  digest.add(configuration_digest(load_scenario(request)));
  for (const sim::metrics::DigestedFile& file : digested_files(reading.log))
    digest.add(fmt::format("{} {};", file.key, file.digest));
  return digest.text();
}

std::optional<std::string> RunJournal::find(const std::string& name)
{
  const auto found = runs_.find(name);
  if (found == runs_.end())
    return std::nullopt;
  if (!own_.contains(name))
    ++reused_;
  return found->second;
}

void RunJournal::add(const std::string& name, const std::string& output)
{
  if (name.empty())
    return;
  own_.insert(name);
  const std::string& result = runs_[name] = kept_part(output);
  // At first whole: what is there may end in half a line.
  if (is_written_)
    append(path_, line_of(name, result));
  else
    sim::metrics::write_whole(path_, text());
  is_written_ = true;
}

std::string RunJournal::text() const
{
  std::string text = std::string(Head) + "\n";
  for (const auto& [name, result] : runs_)
    text += line_of(name, result);
  return text;
}

void RunJournal::remove() const
{
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace cm::tools

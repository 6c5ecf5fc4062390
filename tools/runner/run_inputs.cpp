#include "tools/runner/run_inputs.h"

#include "sim/config/flow_text.h"
#include "tools/files/file_digest.h"
#include "tools/scenario/config_files.h"
#include "tools/terminal/shell_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace cm::tools {
namespace {

using sim::config::FileRead;
using sim::config::ReadingLog;
using sim::metrics::KeyTexts;

constexpr std::string_view Workload = "workload";

// Replaces paths below `value` that are relative to the file of the change by those of the files that were read.
// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
void resolve_paths(sim::config::Value& value, const std::string& key, const ReadingLog& log)
{
  for (sim::config::Value::Entry& entry : value.entries)
    resolve_paths(entry.value, fmt::format("{}.{}", key, entry.key), log);
  if (value.kind != sim::config::Value::Kind::Scalar)
    return;
  const auto file = std::ranges::find(log.files, key, &FileRead::key);
  if (file != log.files.end() && (!path_below(key, Workload).empty() || names_file(value.text)))
    value.text = file->path;
}

// As a setting of the command line, whose paths are relative to the current folder wherever the change stands.
std::string setting_of(const Change& change, const ReadingLog& log)
{
  sim::config::Value value = change.value;
  resolve_paths(value, change.path, log);
  return fmt::format("{}={}", change.path, sim::config::parsable_flow_text(value));
}

KeyTexts workload_keys(const ReadingLog& log)
{
  KeyTexts keys;
  for (const sim::config::Declaration& each : log.declarations)
    if (const std::string_view key = path_below(each.path, Workload); !key.empty() && !each.value_text.empty())
      keys.emplace_back(key, each.value_text);
  return keys;
}

}  // namespace

KeyTexts change_texts(const std::vector<Change>& changes)
{
  KeyTexts texts;
  for (const Change& change : changes)
    for (const Change& leaf : leaves_of(change))
      texts.emplace_back(leaf.path, flow_text(without_evidence(leaf.value)));
  return texts;
}

std::vector<sim::metrics::DigestedFile> digested_files(const ReadingLog& log)
{
  std::vector<sim::metrics::DigestedFile> files;
  for (const FileRead& each : log.files) {
    sim::metrics::DigestedFile file{each.key, each.name, file_digest(each.path)};
    // A name that stands for several files is none itself; one part may be used in several places.
    if (!file.digest.empty() && std::ranges::find(files, file) == files.end())
      files.push_back(std::move(file));
  }
  return files;
}

std::vector<std::string> lasting_settings(const std::vector<std::string>& settings)
{
  std::vector<std::string> last;
  for (const std::string& setting : settings) {
    const std::string key = setting.substr(0, setting.find('='));
    if (!key.ends_with('+'))
      std::erase_if(last, [&](const std::string& earlier) {
        return earlier.starts_with(key + "=") || earlier.starts_with(key + "+=");
      });
    last.push_back(setting);
  }
  return last;
}

std::vector<std::string> repeating_command(const std::string& scenario, const std::vector<std::string>& settings,
                                           std::uint64_t seed)
{
  std::vector<std::string> words{"cmsim", "run", scenario};
  for (const std::string& setting : lasting_settings(settings)) {
    words.emplace_back("--set");
    words.push_back(setting);
  }
  words.emplace_back("--seed");
  words.push_back(fmt::format("{}", seed));
  return words;
}

sim::metrics::Inputs inputs_of(const ScenarioRequest& request, const ResolvedScenario& scenario, const RunTitle& title)
{
  std::vector<std::string> settings;
  for (const Change& change : scenario.changes)
    settings.push_back(setting_of(change, scenario.log));
  settings.insert(settings.end(), request.sets.begin(), request.sets.end());
  return {.title = to_text(title),
          .command = shell_text(repeating_command(request.called(), settings, scenario.seed)),
          .machine = scenario.machine_name,
          .model = title.model.empty() ? std::string() : scenario.model_name,
          .workload = workload_keys(scenario.log),
          .overrides = change_texts(scenario.overrides),
          .changes = change_texts(scenario.changes),
          .sets = change_texts(scenario.sets),
          .files = digested_files(scenario.log)};
}

}  // namespace cm::tools

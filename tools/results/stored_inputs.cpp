#include "tools/results/stored_inputs.h"

#include "tools/shipped/version.h"
#include "tools/terminal/shell_words.h"

#include <algorithm>
#include <iterator>

namespace cm::tools {
namespace {

using Json = JsonFile::Json;
using sim::metrics::DigestedFile;
using sim::metrics::KeyTexts;

KeyTexts read_keys(const JsonFile& file, const std::string& section)
{
  KeyTexts keys;
  for (const auto& [key, ignored] : file.object({"run", "inputs", section}).items())
    keys.emplace_back(key, file.text({"run", "inputs", section, key}));
  return keys;
}

std::vector<DigestedFile> read_files(const JsonFile& file)
{
  const JsonFile::Keys place{"run", "inputs", "files"};
  std::vector<DigestedFile> files;
  for (const Json& each : file.list(place)) {
    const auto text = [&](const char* key) {
      const auto found = each.is_object() ? each.find(key) : each.end();
      return found != each.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    files.push_back({text("key"), text("name"), text("digest")});
    if (files.back().name.empty() || files.back().digest.empty()) {
      file.complain(place, "files of {key, name, digest}");
      return {};
    }
  }
  return files;
}

}  // namespace

std::string StoredInputs::kind() const
{
  const auto kind = std::ranges::find(inputs.workload, "kind", &KeyTexts::value_type::first);
  return kind == inputs.workload.end() ? std::string() : kind->second;
}

std::string StoredInputs::searched_levels() const
{
  const auto words = shell_words(inputs.command);
  if (!words)
    return {};
  const auto option = std::ranges::find(*words, "--find-capacity");
  return option == words->end() || std::next(option) == words->end() ? std::string() : *std::next(option);
}

std::optional<StoredInputs> read_stored_inputs(const JsonFile& file)
{
  if (!file.root().is_object() || !file.has({"run", "inputs"}))
    return std::nullopt;
  const auto text = [&](const char* key) { return file.text({"run", "inputs", key}); };
  const JsonFile::Keys seed{"run", "inputs", "seed"};
  StoredInputs stored;
  stored.scenario = text("scenario");
  if (file.has(seed) && file.root().at("run").at("inputs").at("seed").is_number_unsigned())
    stored.seed = file.root().at("run").at("inputs").at("seed").dump();
  else
    file.complain(seed, "an integer of at least 0");
  stored.program = version_and_commit(file.text({"run", "version"}), file.text({"run", "commit"}));
  stored.inputs = {.title = text("title"),
                   .command = text("command"),
                   .machine = text("machine"),
                   .model = text("model"),
                   .workload = read_keys(file, "workload"),
                   .overrides = read_keys(file, "overrides"),
                   .changes = read_keys(file, "changes"),
                   .sets = read_keys(file, "sets"),
                   .files = read_files(file)};
  return stored;
}

}  // namespace cm::tools

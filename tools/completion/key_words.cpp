#include "tools/completion/key_words.h"

#include "sim/diagnostics/errors.h"
#include "tools/runner/run.h"
#include "tools/shipped/shipped_files.h"
#include "tools/workload_kinds/workload_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::tools {
namespace {

using sim::config::Declaration;

// Whole sections and what a scenario says of itself are no single keys.
bool is_settable(const Declaration& key)
{
  return key.type != "map" && key.path.find('[') == std::string::npos && key.path != "workload" &&
         key.path != "overrides" && key.path != "description";
}

bool is_of_workload(const std::string& path)
{
  return !path.starts_with("machine.") && !path.starts_with("model.");
}

void add_keys(std::vector<Declaration>& keys, const ScenarioReading& reading)
{
  for (const Declaration& key : reading.log.declarations) {
    const bool is_used = is_of_workload(key.path) || std::ranges::find(reading.used, key.path) != reading.used.end();
    if (is_settable(key) && is_used && std::ranges::find(keys, key.path, &Declaration::path) == keys.end())
      keys.push_back(key);
  }
}

// Its word is taken before any reader looks at the rest.
Declaration kind_of_workload()
{
  Declaration key;
  key.path = "workload.kind";
  key.type = "choice";
  for (const WorkloadKind& kind : workload_table())
    key.choices.emplace_back(kind.name);
  return key;
}

void add_once(std::vector<Offer>& words, Offer offer)
{
  if (std::ranges::find(words, offer.word, &Offer::word) == words.end())
    words.push_back(std::move(offer));
}

std::vector<std::string> values_of(const Declaration& key, const std::string& config_root)
{
  if (key.path == "machine")
    return shipped_names(config_root, FileKind::Machine);
  if (key.path == "model")
    return shipped_names(config_root, FileKind::Model);
  if (!key.choices.empty())
    return key.choices;
  if (key.type == "boolean")
    return {"true", "false"};
  return key.value_text.empty() ? std::vector<std::string>{} : std::vector{key.value_text};
}

}  // namespace

std::vector<Declaration> keys_of(const KeyContext& context)
{
  std::vector<Declaration> keys;
  LoadedFiles files;
  for (const std::string& scenario : context.scenarios) {
    try {
      add_keys(keys, read_scenario({.path = scenario,
                                    .sets = context.sets,
                                    .seed = {},
                                    .config_root = context.config_root,
                                    .loaded = &files}));
    } catch (const ConfigError&) {
      // Who runs it is told what is wrong with it.
      continue;
    }
  }
  if (!keys.empty())
    keys.push_back(kind_of_workload());
  return keys;
}

std::vector<Offer> setting_words(const std::string& word, const KeyContext& context)
{
  const std::size_t equals = word.find('=');
  const bool is_value = equals != std::string::npos;
  const std::string start = word.substr(0, equals);
  std::vector<Offer> words;
  for (const Declaration& key : keys_of(context)) {
    if (is_value && key.path == start) {
      for (const std::string& value : values_of(key, context.config_root))
        if (value.starts_with(word.substr(equals + 1)))
          add_once(words, {fmt::format("{}={}", start, value)});
    } else if (!is_value && key.path.starts_with(start)) {
      const std::size_t point = key.path.find('.', start.size());
      add_once(words, point == std::string::npos ? Offer{key.path + "=", key.sentence}
                                                 : Offer{key.path.substr(0, point + 1), "a section"});
    }
  }
  return words;
}

}  // namespace cm::tools

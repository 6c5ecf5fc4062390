#include "tools/completion/offers.h"

#include "sim/diagnostics/errors.h"
#include "tools/completion/key_words.h"
#include "tools/shipped/located_file.h"
#include "tools/sweep_plan/sweep_file.h"
#include "tools/workload_kinds/metric_catalogue.h"
#include "tools/workload_kinds/workload_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

namespace cm::tools {
namespace {

constexpr std::array<std::string_view, 3> Statistics{"mean", "p50", "p99"};

// A line as far as it is typed, taken apart by what its command declares.
struct Line {
  const CommandEntry* command = nullptr;
  const OptionEntry* option = nullptr;   // whose value the last word is
  std::string prefix;                    // of the last word that stays: "--out="
  std::string word;                      // that is completed
  std::vector<std::string> positionals;  // before the last word
  std::vector<std::string> sets;         // before the last word
  std::string config_root;
};

const OptionEntry* option_called(const CommandEntry& command, const std::string& name)
{
  for (const OptionEntry& option : command.options)
    if (std::ranges::find(option.names, name) != option.names.end())
      return &option;
  return nullptr;
}

const OptionEntry* positional_at(const CommandEntry& command, std::size_t index)
{
  for (const OptionEntry& option : command.options)
    if (option.is_positional() && index-- == 0)
      return &option;
  return nullptr;
}

void take_value(Line& line, const OptionEntry& option, const std::string& value)
{
  if (option.value == "KEY=VALUE")
    line.sets.push_back(value);
  else if (std::ranges::find(option.names, "--configs") != option.names.end())
    line.config_root = value;
}

// "--out=DIR" in two.
std::pair<std::string, std::optional<std::string>> parts_of(const std::string& word)
{
  const std::size_t equals = word.find('=');
  if (!word.starts_with("--") || equals == std::string::npos)
    return {word, std::nullopt};
  return {word.substr(0, equals), word.substr(equals + 1)};
}

Line line_of(const OfferRequest& request)
{
  Line line;
  line.config_root = request.config_root;
  const std::vector<std::string>& words = request.words;
  line.word = words.empty() ? std::string() : words.back();
  const OptionEntry* waiting = nullptr;  // for its value
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (line.command == nullptr) {
      const auto command = std::ranges::find(request.commands, words[i], &CommandEntry::name);
      if (command == request.commands.end())
        return line;
      line.command = &*command;
      continue;
    }
    if (waiting != nullptr) {
      take_value(line, *waiting, words[i]);
      waiting = nullptr;
      continue;
    }
    const auto [name, value] = parts_of(words[i]);
    const OptionEntry* const option = option_called(*line.command, name);
    if (option != nullptr && value)
      take_value(line, *option, *value);
    else if (option != nullptr && !option->is_flag())
      waiting = option;
    else if (!words[i].starts_with('-'))
      line.positionals.push_back(words[i]);
  }
  line.option = waiting;
  if (line.command == nullptr || waiting != nullptr)
    return line;
  if (const auto [name, value] = parts_of(line.word); value) {
    line.option = option_called(*line.command, name);
    line.prefix = name + "=";
    line.word = *value;
  }
  return line;
}

std::vector<std::string> all_scenarios(const std::string& config_root)
{
  std::vector<std::string> paths;
  for (const std::string& name : shipped_names(config_root, FileKind::Scenario))
    paths.push_back(shipped_path(config_root, FileKind::Scenario, name));
  return paths;
}

// Those that the line names; none when it names none that is there.
std::vector<std::string> scenarios_of(const Line& line)
{
  std::vector<std::string> paths;
  const OptionEntry* const first = positional_at(*line.command, 0);
  if (first == nullptr || line.positionals.empty())
    return paths;
  if (first->value == "SWEEP") {
    const auto sweep = find_file(line.positionals.front(), FileKind::Sweep, line.config_root);
    sim::config::ReadingLog log;
    if (sweep)
      for (const SweepBase& base : read_sweep(sweep->path, line.config_root, log).bases)
        paths.push_back(base.scenario);
    return paths;
  }
  for (const std::string& each : line.positionals)
    if (const auto scenario = find_file(each, FileKind::Scenario, line.config_root))
      paths.push_back(scenario->path);
  return paths;
}

KeyContext context_of(const Line& line)
{
  std::vector<std::string> scenarios = scenarios_of(line);
  if (scenarios.empty())
    scenarios = all_scenarios(line.config_root);
  return {.scenarios = scenarios, .sets = line.sets, .config_root = line.config_root};
}

void add_names(std::vector<std::string>& names, const sim::metrics::MetricDeclaration& metric, const std::string& name)
{
  if (metric.shape == sim::metrics::Shape::Number)
    names.push_back(name);
  else
    for (const std::string_view statistic : Statistics)
      names.push_back(sim::metrics::statistic_name(name, statistic));
}

// Metrics of these kinds of workload, of all when there are none; those whose words only a run knows are left out.
std::vector<std::string> metric_names_of(const std::vector<std::string>& kinds)
{
  std::vector<std::string> names;
  for (const WorkloadKind& kind : workload_table())
    if (kinds.empty() || std::ranges::find(kinds, kind.name) != kinds.end())
      for (const sim::metrics::MetricDeclaration& metric : kind.metrics) {
        if (metric.name.find('*') == std::string_view::npos)
          add_names(names, metric, std::string(metric.name));
        else if (!metric.words.empty())
          for (const std::string_view word : sim::metrics::items_of(metric.words))
            add_names(names, metric, sim::metrics::name_with(metric, word));
      }
  std::ranges::sort(names);
  const auto twice = std::ranges::unique(names);
  names.erase(twice.begin(), twice.end());
  return names;
}

std::vector<std::string> metrics_of(const Line& line)
{
  std::vector<std::string> kinds;
  for (const std::string& scenario : scenarios_of(line)) {
    const auto workload = sim::config::load_file(scenario);
    const sim::config::Value* const section = workload.find("workload");
    const sim::config::Value* const kind = section != nullptr ? section->find("kind") : nullptr;
    if (kind != nullptr)
      kinds.push_back(kind->text);
  }
  return metric_names_of(kinds);
}

std::vector<Offer> plain(const std::vector<std::string>& words)
{
  std::vector<Offer> found;
  for (const std::string& word : words)
    found.push_back({word});
  return found;
}

std::vector<Offer> explained_words(const Line& line)
{
  std::vector<Offer> words = plain(metric_names_of({}));
  for (const sim::config::Declaration& key : keys_of(context_of(line)))
    words.push_back({key.path, key.sentence});
  return words;
}

std::vector<Offer> files_of(FileKind kind, const std::string& config_root)
{
  std::vector<Offer> words;
  for (const std::string& name : shipped_names(config_root, kind))
    words.push_back({name, sentence_of(shipped_path(config_root, kind, name))});
  return words;
}

// With "=" behind each.
std::vector<std::string> as_assignments(std::vector<std::string> words)
{
  for (std::string& word : words)
    word += "=";
  return words;
}

std::optional<FileKind> file_kind_called(const std::string& value)
{
  if (value == "SCENARIO")
    return FileKind::Scenario;
  if (value == "SWEEP")
    return FileKind::Sweep;
  return value == "CALIBRATION" ? std::optional(FileKind::Calibration) : std::nullopt;
}

Offers value_offers(const OfferRequest& request, const Line& line, const OptionEntry& option)
{
  Offers found;
  if (const auto own = request.choices.find(option.value); own != request.choices.end())
    found.words = plain(own->second);
  else if (!option.choices.empty())
    found.words = plain(option.choices);
  else if (option.value == "KEY=VALUE")
    found.words = setting_words(line.word, context_of(line));
  else if (option.value == "METRIC")
    found.words = plain(metrics_of(line));
  else if (option.value == "METRIC=SHARE")
    found.words = plain(as_assignments(metric_names_of({})));
  else if (line.command->name == "explain" && option.is_positional())
    found.words = explained_words(line);
  else if (option.is_folder())
    found.paths = PathOffer::Folders;
  else if (option.is_positional())
    found.paths = PathOffer::Files;
  if (const auto kind = file_kind_called(option.value))
    found.words = files_of(*kind, line.config_root);
  // With --rev, compare takes scenarios.
  if (line.command->name == "compare" && option.is_positional() &&
      std::ranges::find(request.words, "--rev") != request.words.end())
    found.words = files_of(FileKind::Scenario, line.config_root);
  return found;
}

Offers option_offers(const CommandEntry& command)
{
  Offers found;
  for (const OptionEntry& option : command.options)
    for (const std::string& name : option.names)
      found.words.push_back({name, option.sentence});
  return found;
}

Offers offers_of(const OfferRequest& request, const Line& line)
{
  if (line.command == nullptr) {
    Offers found;
    for (const CommandEntry& command : request.commands)
      found.words.push_back({command.name, command.sentence});
    found.words.insert(found.words.end(), {{"--help", "print help"}, {"--version", "print the version"}});
    return request.words.size() > 1 ? Offers{} : found;
  }
  if (line.option != nullptr)
    return value_offers(request, line, *line.option);
  if (line.word.starts_with('-'))
    return option_offers(*line.command);
  const OptionEntry* positional = positional_at(*line.command, line.positionals.size());
  // The last one may stand for several.
  if (positional == nullptr && line.command->name == "compare")
    positional = positional_at(*line.command, 0);
  return positional != nullptr ? value_offers(request, line, *positional) : Offers{};
}

}  // namespace

Offers offers(const OfferRequest& request)
{
  const Line line = line_of(request);
  Offers found;
  try {
    found = offers_of(request, line);
  } catch (const ConfigError&) {
    // A file of the line cannot be read: who runs the line is told.
    return found;
  }
  std::erase_if(found.words, [&](const Offer& offer) { return !offer.word.starts_with(line.word); });
  for (Offer& offer : found.words)
    offer.word.insert(0, line.prefix);
  return found;
}

std::string to_lines(const Offers& offers)
{
  std::string text;
  switch (offers.paths) {
  case PathOffer::None: text = "none\n"; break;
  case PathOffer::Files: text = "files\n"; break;
  case PathOffer::Folders: text = "folders\n"; break;
  }
  for (const Offer& offer : offers.words)
    text += offer.word + (offer.sentence.empty() ? "" : "\t" + offer.sentence) + "\n";
  return text;
}

}  // namespace cm::tools

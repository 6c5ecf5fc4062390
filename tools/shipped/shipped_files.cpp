#include "tools/shipped/shipped_files.h"

#include "sim/config/suggestion.h"
#include "sim/config/value.h"
#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t MostNamesOffered = 3;
constexpr std::size_t FewestLettersContained = 3;
// Longer ones are no slips of the finger, and comparing them takes time.
constexpr std::size_t LongestWord = 64;

constexpr std::array<FileKindRow, 5> Kinds{{
    {FileKind::Scenario, "scenario", "scenarios", "one run: a machine, a model and a workload", "cmsim run NAME"},
    {FileKind::Sweep, "sweep", "sweeps", "many runs: scenarios and the keys that change", "cmsim sweep NAME --out DIR"},
    {FileKind::Machine, "machine", "machines", "hardware that scenarios run on",
     "cmsim run SCENARIO --set machine=NAME"},
    {FileKind::Model, "model", "models", "language models that scenarios serve", "cmsim run SCENARIO --set model=NAME"},
    {FileKind::Calibration, "calibration", "calibrations", "parameters that are fitted to published rows",
     "cmsim calibrate NAME"},
}};

// End of the first sentence: a point behind which the text ends or a capital follows, one behind a bracket, or npos.
// "3.5.1," and "arXiv:2506.12708v2 5.1" have points, too.
std::size_t end_of_sentence(std::string_view text)
{
  for (std::size_t at = text.find('.'); at != std::string_view::npos; at = text.find('.', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    const bool is_closed = at > 0 && text[at - 1] == ')' && rest.starts_with(' ');
    const bool begins_anew =
        rest.size() > 1 && rest[0] == ' ' && std::isupper(static_cast<unsigned char>(rest[1])) != 0;
    if (rest.empty() || is_closed || begins_anew)
      return at;
  }
  return std::string_view::npos;
}

std::string first_sentence(std::string text)
{
  if (const std::size_t end = end_of_sentence(text); end != std::string::npos)
    text.resize(end);
  while (!text.empty() && (text.back() == ':' || text.back() == ' '))
    text.pop_back();
  return text;
}

// The comment at the top up to its first empty line, on one line.
std::string leading_comment(const std::string& path)
{
  std::ifstream in(path);
  std::string text;
  for (std::string line; std::getline(in, line) && line.starts_with("#");) {
    const std::size_t start = line.find_first_not_of("# ");
    if (start == std::string::npos)
      break;
    text += (text.empty() ? "" : " ") + line.substr(start);
  }
  return text;
}

std::string description_in(const std::string& path)
{
  try {
    const sim::config::Value tree = sim::config::load_file(path);
    const sim::config::Value* const description = tree.find("description");
    return description != nullptr ? description->text : std::string();
  } catch (const ConfigError&) {
    return {};
  }
}

std::string lower(std::string_view text)
{
  std::string result(text);
  for (char& letter : result)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return result;
}

bool is_part_of(std::string_view part, std::string_view whole)
{
  return part.size() >= FewestLettersContained && whole.find(part) != std::string_view::npos;
}

}  // namespace

std::span<const FileKindRow> file_kinds()
{
  return Kinds;
}

const FileKindRow& row_of(FileKind kind)
{
  const auto* const row = std::ranges::find(Kinds, kind, &FileKindRow::kind);
  ensure(row != Kinds.end(), "every kind of file has a row");
  return *row;
}

std::vector<std::string> names_in(const std::string& folder)
{
  std::vector<std::string> names;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == YamlEnding)
      names.push_back(entry.path().stem().string());
  // By name: the order of a folder is no order.
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> shipped_names(const std::string& config_root, FileKind kind)
{
  return names_in((fs::path(config_root) / row_of(kind).folder).string());
}

std::string shipped_path(const std::string& config_root, FileKind kind, const std::string& name)
{
  return as_typed((fs::path(config_root) / row_of(kind).folder / (name + std::string(YamlEnding))).string());
}

std::string sentence_of(const std::string& path)
{
  const std::string description = description_in(path);
  return first_sentence(description.empty() ? leading_comment(path) : description);
}

std::vector<std::string> near_names(std::string_view typed, std::span<const std::string> names)
{
  std::vector<std::pair<int, std::string>> near;
  if (typed.empty() || typed.size() > LongestWord)
    return {};
  const std::string word = lower(typed);
  const int limit = std::max(1, static_cast<int>(word.size()) / 3);
  for (const std::string& name : names) {
    const int distance = sim::config::edit_distance(word, name);
    if (distance <= limit || is_part_of(word, name) || is_part_of(name, word))
      near.emplace_back(distance, name);
  }
  std::ranges::stable_sort(near, {}, &std::pair<int, std::string>::first);
  std::vector<std::string> nearest;
  for (const auto& [distance, name] : near)
    if (nearest.size() < MostNamesOffered)
      nearest.push_back(name);
  return nearest;
}

std::string name_advice(std::string_view word, std::span<const std::string> names)
{
  std::vector<std::string> near = near_names(word, names);
  if (near.empty())
    return names.empty() ? std::string() : fmt::format("; available: {}", sim::config::joined(names, ", "));
  for (std::string& name : near)
    name = fmt::format("\"{}\"", name);
  const std::string last = near.back();
  near.pop_back();
  return fmt::format("; did you mean {}{}{}?", sim::config::joined(near, ", "), near.empty() ? "" : " or ", last);
}

std::string as_typed(const std::string& path)
{
  std::error_code error;
  const fs::path relative = fs::relative(path, error);
  const bool is_below = !error && !relative.empty() && *relative.begin() != "..";
  return (is_below ? relative : fs::path(path).lexically_normal()).string();
}

}  // namespace cm::tools

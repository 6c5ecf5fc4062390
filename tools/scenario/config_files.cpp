#include "tools/scenario/config_files.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "tools/scenario/changes.h"
#include "tools/shipped/shipped_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

namespace cm::tools {
namespace {

// A name that the file system cannot take (too long, say) is one that does not exist.
bool is_there(const std::filesystem::path& path)
{
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

using sim::config::add_problem;
using sim::config::joined;
using sim::config::nearest;
using sim::config::suggestion;
using sim::config::Value;
namespace fs = std::filesystem;

constexpr std::string_view Ending = YamlEnding;

// Tree of the file, from `loaded` where there is one; what is wrong with it goes to the log.
std::optional<Value> load_reporting(const std::string& path, LoadedFiles* loaded, sim::config::ReadingLog& log)
{
  try {
    return loaded != nullptr ? loaded->load(path) : sim::config::load_file(path);
  } catch (const ConfigError& error) {
    // One bad file of several: the others are still read, so that all that is wrong is told at once.
    log.problems.emplace_back(error.what());
    return std::nullopt;
  }
}

// "; did you mean FILE?": the nearest of those in the same folder. Empty when there is none.
std::string near_file(const fs::path& path)
{
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!is_there(folder))
    return "";
  const auto name = nearest(path.stem().string(), names_in(folder.string()));
  if (!name)
    return "";
  return fmt::format("; did you mean {}?",
                     (path.parent_path() / (*name + std::string(Ending))).lexically_normal().string());
}

}  // namespace

bool names_file(std::string_view reference)
{
  return reference.find('/') != std::string_view::npos || reference.ends_with(Ending);
}

std::optional<std::string> scenario_path(const std::string& text, const sim::config::Position& place,
                                         const std::string& config_root)
{
  const fs::path beside = (fs::path(place.file).parent_path() / text).lexically_normal();
  const bool is_path = text.find('/') != std::string::npos;
  if ((is_path || text.ends_with(Ending)) && is_there(beside))
    return beside.string();
  const fs::path shipped =
      fs::path(config_root) / "scenarios" / (text.ends_with(Ending) ? text : text + std::string(Ending));
  if (is_path || !is_there(shipped))
    return std::nullopt;
  return shipped.string();
}

std::string missing_scenario(const std::string& text, const sim::config::Position& place,
                             const std::string& config_root)
{
  const fs::path beside = (fs::path(place.file).parent_path() / text).lexically_normal();
  if (text.find('/') != std::string::npos)
    return fmt::format("expected the file of a scenario, found no {}", beside.string());
  const fs::path below = fs::path(config_root) / "scenarios";
  const std::string name = text.ends_with(Ending) ? text.substr(0, text.size() - Ending.size()) : text;
  return fmt::format("expected a scenario beside this file or in {}, found no \"{}\"{}", as_typed(below.string()), text,
                     suggestion(name, names_in(below.string()), "available"));
}

std::optional<Value> ConfigFiles::load(const std::string& folder, const Value& reference, const std::string& what)
{
  const auto path = path_of(folder, reference, what);
  if (!path)
    return std::nullopt;
  log_.files.push_back(
      {what, names_file(reference.text) ? reference.text : folder + "/" + reference.text + std::string(Ending), *path});
  return load_reporting(*path, loaded_, log_);
}

std::optional<std::string> ConfigFiles::path_of(const std::string& folder, const Value& reference,
                                                const std::string& what)
{
  const std::string& text = reference.text;
  if (reference.kind != Value::Kind::Scalar || text.empty()) {
    add_problem(log_, reference.position, what,
                fmt::format("expected a name or a path, found {}", found_text(reference)));
    return std::nullopt;
  }
  if (names_file(text)) {
    const bool is_typed = is_from_command_line(reference.position);
    const fs::path path = (is_typed ? fs::path() : fs::path(reference.position.file).parent_path()) / text;
    if (is_there(path))
      return path.lexically_normal().string();
    add_problem(
        log_, reference.position, what,
        fmt::format("expected a readable file, found no {}{}", path.lexically_normal().string(), near_file(path)));
    return std::nullopt;
  }
  const fs::path below = fs::path(root_) / folder;
  const fs::path path = below / (text + std::string(Ending));
  if (is_there(path))
    return as_typed(path.string());
  const auto names = names_in(below.string());
  add_problem(log_, reference.position, what,
              fmt::format("expected the name of a file in {}, found \"{}\"{}{}", as_typed(below.string()), text,
                          suggestion(text, names, "available"),
                          nearest(text, names) ? fmt::format(" Available: {}", joined(names, ", ")) : ""));
  return std::nullopt;
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
bool ConfigFiles::insert_parts(Value& map, const std::string& what)
{
  bool is_complete = true;
  for (Value::Entry& entry : map.entries) {
    Value& section = entry.value;
    const std::string path = fmt::format("{}.{}", what, entry.key);
    is_complete = insert_parts(section, path) && is_complete;
    const Value* reference = section.find("part");
    if (reference == nullptr)
      continue;
    auto part = load("parts", *reference, path + ".part");
    is_complete = part.has_value() && is_complete;
    if (!part)
      continue;
    std::erase_if(section.entries, [](const Value::Entry& each) { return each.key == "part"; });
    merge(*part, section);
    section = std::move(*part);
  }
  return is_complete;
}

}  // namespace cm::tools

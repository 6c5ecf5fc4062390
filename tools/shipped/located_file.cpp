#include "tools/shipped/located_file.h"

#include "sim/config/value.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

// A name that the file system cannot take (too long, say) is one that does not exist.
bool is_there(const fs::path& path)
{
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_folder(const fs::path& path)
{
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool is_path(const std::string& text)
{
  return text.find('/') != std::string::npos;
}

std::string without_ending(const std::string& text)
{
  return text.ends_with(YamlEnding) ? text.substr(0, text.size() - YamlEnding.size()) : text;
}

// The command that takes a file of this kind.
std::string use_of(const FileKindRow& row, const std::string& name)
{
  std::string use(row.use);
  use.replace(use.find("NAME"), std::string_view("NAME").size(), name);
  return use;
}

// A shipped file of that name and of another kind.
const FileKindRow* other_kind(const std::string& name, FileKind expected, const std::string& config_root)
{
  for (const FileKindRow& row : file_kinds())
    if (row.kind != expected && is_there(shipped_path(config_root, row.kind, name)))
      return &row;
  return nullptr;
}

[[noreturn]] void refuse_missing(const std::string& text, FileKind kind, const std::string& config_root)
{
  const FileKindRow& wanted = row_of(kind);
  const std::vector<std::string> names = shipped_names(config_root, kind);
  const std::string name = without_ending(is_path(text) ? fs::path(text).filename().string() : text);
  if (const FileKindRow* const other = other_kind(name, kind, config_root); other != nullptr && !is_path(text))
    throw ConfigError(fmt::format("{}:1:1: expected a {}, found the name of a {}; try {}{}", text, wanted.noun,
                                  other->noun, use_of(*other, name),
                                  near_names(name, names).empty() ? "" : name_advice(name, names)));
  throw ConfigError(fmt::format("{}:1:1: expected a {}: a file, or a name that cmsim list {} shows; found no \"{}\"{}",
                                text, wanted.noun, wanted.folder, text, name_advice(name, names)));
}

// Files that tell what a folder holds.
struct FolderSign {
  std::string_view file;
  std::string_view noun;
  std::string_view use;  // "DIR" for the folder
};

constexpr std::array<FolderSign, 3> FolderSigns{{
    {"result.json", "the folder of a result", "cmsim run DIR repeats it, cmsim report DIR shows it"},
    {"sweep.json", "the folder of a sweep", "cmsim report DIR shows it, cmsim run DIR/points/FILE repeats a point"},
    {"comparison.json", "the folder of a comparison", "cmsim report DIR shows it"},
}};

const FolderSign* sign_of(const std::string& folder)
{
  for (const FolderSign& sign : FolderSigns)
    if (is_there(fs::path(folder) / sign.file))
      return &sign;
  return nullptr;
}

std::string use_of(const FolderSign& sign, const std::string& folder)
{
  std::string use(sign.use);
  for (std::size_t at = use.find("DIR"); at != std::string::npos; at = use.find("DIR", at + folder.size()))
    use.replace(at, std::string_view("DIR").size(), folder);
  return use;
}

}  // namespace

std::optional<LocatedFile> find_file(const std::string& text, FileKind kind, const std::string& config_root)
{
  if (text.empty())
    return std::nullopt;
  return is_there(text) ? std::optional(LocatedFile{text}) : find_shipped(text, kind, config_root);
}

std::optional<LocatedFile> find_shipped(const std::string& text, FileKind kind, const std::string& config_root)
{
  const std::string name = without_ending(text);
  if (is_path(text) || name.empty() || !is_there(shipped_path(config_root, kind, name)))
    return std::nullopt;
  return LocatedFile{shipped_path(config_root, kind, name), name};
}

LocatedFile locate(const std::string& text, FileKind kind, const std::string& config_root)
{
  const auto file = find_file(text, kind, config_root);
  if (!file)
    refuse_missing(text, kind, config_root);
  if (!file->name.empty())
    return *file;
  const std::string_view wanted = row_of(kind).noun;
  if (is_folder(text)) {
    if (const FolderSign* const sign = sign_of(text))
      throw ConfigError(
          fmt::format("{}:1:1: expected a {}'s file, found {}; {}", text, wanted, sign->noun, use_of(*sign, text)));
  } else if (const auto found = kind_of_file(text); found && *found != kind) {
    throw ConfigError(fmt::format("{}:1:1: expected a {}, found a {}; try {}", text, wanted, row_of(*found).noun,
                                  use_of(row_of(*found), text)));
  }
  return *file;
}

std::optional<FileKind> kind_of_file(const std::string& path)
{
  std::error_code error;
  if (!fs::is_regular_file(path, error))
    return std::nullopt;
  try {
    const sim::config::Value tree = sim::config::load_file(path);
    const auto has = [&](std::string_view key) { return tree.find(key) != nullptr; };
    if (has("workload"))
      return FileKind::Scenario;
    if (has("bases"))
      return FileKind::Sweep;
    if (has("parameters") && has("rows"))
      return FileKind::Calibration;
    if (has("name") && has("layers"))
      return FileKind::Model;
    if (has("name") && (has("nodes") || has("base")))
      return FileKind::Machine;
  } catch (const ConfigError&) {
    // Whoever reads it next tells what is wrong with it.
  }
  return std::nullopt;
}

std::string mistaken_for(const std::string& text, const std::string& config_root)
{
  std::optional<FileKind> kind = kind_of_file(text);
  if (!kind && !is_there(text) && !is_path(text))
    for (const FileKindRow& row : file_kinds())
      if (!kind && is_there(shipped_path(config_root, row.kind, without_ending(text))))
        kind = row.kind;
  if (!kind)
    return {};
  const FileKindRow& row = row_of(*kind);
  if (*kind == FileKind::Scenario)
    return fmt::format("found a scenario; cmsim run {} --out DIR makes a result of it", text);
  return fmt::format("found a {}; try {}", row.noun, use_of(row, text));
}

}  // namespace cm::tools

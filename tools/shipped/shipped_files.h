// Files that come with the program, by name: scenarios, sweeps, machines, models and calibrations below one folder.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

enum class FileKind { Scenario, Sweep, Machine, Model, Calibration };

struct FileKindRow {
  FileKind kind;
  std::string_view noun;      // "scenario"
  std::string_view folder;    // "scenarios": below the folder of configurations, and what a list of them is called
  std::string_view sentence;  // what such a file describes
  std::string_view use;       // command that takes one, "NAME" for its name or path
};

// In the order in which people meet them.
std::span<const FileKindRow> file_kinds();
const FileKindRow& row_of(FileKind kind);

// Ending of every file of these kinds.
inline constexpr std::string_view YamlEnding = ".yaml";

// Names of the files of a folder, without their endings, in alphabetical order; none when there is no such folder.
std::vector<std::string> names_in(const std::string& folder);

// The same of a kind's folder below `config_root`.
std::vector<std::string> shipped_names(const std::string& config_root, FileKind kind);

// Path of a shipped file whether it is there or not; below the current folder as a user would type it, so that messages
// and results do not depend on where that is.
std::string shipped_path(const std::string& config_root, FileKind kind, const std::string& name);

// A file's sentence on itself: the first one of `description:` where it has that key, otherwise of the comment that
// it begins with. Empty when it has neither or cannot be read.
std::string sentence_of(const std::string& path);

// Names that somebody may have meant: those within a third of the word's length, the nearest first, and those that
// contain it or that it contains.
std::vector<std::string> near_names(std::string_view word, std::span<const std::string> names);

// "; did you mean "a" or "b"?", or all names behind "; available: " when none is near.
std::string name_advice(std::string_view word, std::span<const std::string> names);

// A path below the current folder relative to it, any other one as it is.
std::string as_typed(const std::string& path);

}  // namespace cm::tools

// The file that a command means: a path, or the name of a file that comes with the program.
#pragma once

#include "tools/shipped/shipped_files.h"

#include <optional>
#include <string>

namespace cm::tools {

struct LocatedFile {
  std::string path;
  std::string name{};  // of a shipped file; empty for a path as typed

  // Name that a command line finds it by in any folder.
  [[nodiscard]] const std::string& called() const { return name.empty() ? path : name; }
};

// A file or folder of that name goes before a shipped one; NAME and NAME.yaml mean the same shipped file. Empty when
// there is neither.
std::optional<LocatedFile> find_file(const std::string& text, FileKind kind, const std::string& config_root);

// The shipped file of that name, whatever the current folder holds.
std::optional<LocatedFile> find_shipped(const std::string& text, FileKind kind, const std::string& config_root);

// As find_file, checked to be of the kind as far as its keys tell. Throws ConfigError when there is none, with the
// nearest names, and when it is something else, with the command that takes it.
LocatedFile locate(const std::string& text, FileKind kind, const std::string& config_root);

// Kind of a configuration by its top-level keys; empty when they tell none, or the file cannot be read.
std::optional<FileKind> kind_of_file(const std::string& path);

// For a command that takes what others wrote: what a path or a name is instead, and the command that takes it, as a
// clause: "found a scenario; cmsim run ep --out DIR makes a result of it". Empty when it is nothing of ours.
std::string mistaken_for(const std::string& text, const std::string& config_root);

}  // namespace cm::tools

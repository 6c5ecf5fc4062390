// Machines, models and parts by name: configs/machines/NAME.yaml and so on below one root.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"
#include "tools/scenario/loaded_files.h"

#include <optional>
#include <string>
#include <string_view>

namespace cm::tools {

class ConfigFiles {
 public:
  // `root` is the folder that holds machines/, models/ and parts/. `log` and `loaded` are borrowed and outlive this;
  // without `loaded` every file is parsed anew.
  ConfigFiles(std::string root, sim::config::ReadingLog& log, LoadedFiles* loaded = nullptr)
      : root_(std::move(root)), log_(log), loaded_(loaded)
  {
  }

  // The file that `reference` names: NAME is <root>/<folder>/NAME.yaml; what holds a slash or ends in .yaml is a path
  // relative to the file in which it was written. Whatever is wrong is reported, at the reference where the file is
  // missing, and the result is empty then. `what` is the key's path in messages.
  std::optional<sim::config::Value> load(const std::string& folder, const sim::config::Value& reference,
                                         const std::string& what);

  // Replaces every section "{part: NAME, ...}" below `map` by the part with the other keys of the section laid over it.
  // False when a part could not be loaded; the sections are not to be read then.
  bool insert_parts(sim::config::Value& map, const std::string& what);

 private:
  std::optional<std::string> path_of(const std::string& folder, const sim::config::Value& reference,
                                     const std::string& what);

  std::string root_;
  sim::config::ReadingLog& log_;
  LoadedFiles* loaded_;
};

// Whether a reference is the path of a file; it is a name otherwise.
bool names_file(std::string_view reference);

// The scenario that a file names at `place`: what holds a slash is a path relative to that file, NAME.yaml the file
// beside it or, where there is none, the one in <config_root>/scenarios, and NAME <config_root>/scenarios/NAME.yaml.
// When there is none the result is empty; the problem is the caller's to report.
std::optional<std::string> scenario_path(const std::string& text, const sim::config::Position& place,
                                         const std::string& config_root);

// Message for a scenario that scenario_path() does not find.
std::string missing_scenario(const std::string& text, const sim::config::Position& place,
                             const std::string& config_root);

}  // namespace cm::tools

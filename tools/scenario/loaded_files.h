// Trees of configuration files, each parsed once however often it is asked for: a catalogue of keys or the plan of a
// sweep reads the same few files for hundreds or thousands of scenarios. A file that changes meanwhile stays as it was.
#pragma once

#include "sim/config/value.h"

#include <map>
#include <string>

namespace cm::tools {

class LoadedFiles {
 public:
  // Tree of the file, as sim::config::load_file gives it. Throws as that does; such a file is tried again next time.
  const sim::config::Value& load(const std::string& path);

 private:
  std::map<std::string, sim::config::Value> trees_;
};

}  // namespace cm::tools

// A machine's file, complete: with what it is based on, its parts, and all changes. A file is either a machine of its
// own or says what differs from another one:
//   name: NAME
//   base: cloudmatrix384
//   overrides: {die.hbm.capacity: {value: 16 GB, evidence: published, source: "..."}}
#pragma once

#include "tools/scenario/changes.h"
#include "tools/scenario/config_files.h"

#include <optional>
#include <vector>

namespace cm::tools {

// `changes` are those of the scenario and the command line; they come after the overrides of the files. Empty when a
// file or part could not be loaded, which is reported.
std::optional<sim::config::Value> load_machine(ConfigFiles& files, const sim::config::Value& reference,
                                               const std::vector<Change>& changes, sim::config::ReadingLog& log);

// Applies the changes of one file's tree: those below `section`. Which part a section is made of must be known before
// the parts are inserted, so a map that names one is applied then too.
enum class Which { Parts, AllButParts };
void apply_all(sim::config::Value& tree, std::string_view section, const std::vector<Change>& changes, Which which);

}  // namespace cm::tools

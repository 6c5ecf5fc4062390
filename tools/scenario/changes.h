// Changes that a user makes to a configuration, key by key: `overrides:` of a scenario and `--set` of the command line.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// One key and its new value. A map replaces all that stands there, unless it is a number that comes with its evidence.
struct Change {
  std::string path;  // "machine.ub.sub_planes"
  sim::config::Position key_position;
  sim::config::Value value;
};

// Keys may be nested, dotted or both. Reports keys that are given twice and those of neither machine nor model.
std::vector<Change> changes_of_overrides(const sim::config::Value& overrides, sim::config::ReadingLog& log);

// Keys of anything in a scenario, nested, dotted or both, as `set:` of a sweep holds them. Reports keys given twice.
std::vector<Change> changes_of_keys(const sim::config::Value& keys, sim::config::ReadingLog& log);

// The same for keys whose values are replaced whole, as those of an axis of a sweep: a map among them is one change.
std::vector<Change> changes_of_values(const sim::config::Value& keys, sim::config::ReadingLog& log);

// The overrides of a machine's file, whose keys lack the "machine." of those in a scenario.
std::vector<Change> changes_of_machine(const sim::config::Value& overrides, sim::config::ReadingLog& log);

// Each text is "key=value" with the value in YAML, or "key+=map" to lay the keys of a map over those that are there; a
// map without the plus replaces them. Later ones win. Positions read "--set KEY:line:column".
std::vector<Change> changes_of_sets(const std::vector<std::string>& sets, sim::config::ReadingLog& log);

// "key=value" that a file holds, and where: what is wrong with it is told there, and paths in the value are relative to
// that file.
struct PlacedSetting {
  std::string text;
  sim::config::Position place;
};

// The same as one argument of a command line, for runs as child processes.
std::string to_argument(const PlacedSetting& setting);
std::optional<PlacedSetting> setting_of_argument(const std::string& argument);

// Values in YAML, as in changes_of_sets; later ones win.
std::vector<Change> changes_of_settings(const std::vector<PlacedSetting>& settings, sim::config::ReadingLog& log);

// The change key by key: one for each value of the map that it sets, itself where it sets no map.
std::vector<Change> leaves_of(const Change& change);

// "machine.ub.x" below "machine" is "ub.x"; empty when the path is not below it.
std::string_view path_below(std::string_view path, std::string_view section);

// Whether the value of a change is a map that replaces a section.
bool replaces_section(const Change& change);

// Takes out what a later change replaces with its whole section.
void drop_replaced(std::vector<Change>& changes);

// Puts the value at `path` (that of the change, or its end), creating maps on the way.
void apply(sim::config::Value& root, std::string_view path, const Change& change);

// The same for a hardware or model number, or a map of them: it says from then on that it was assumed, and where.
void apply_as_assumed(sim::config::Value& root, std::string_view path, const Change& change);

}  // namespace cm::tools

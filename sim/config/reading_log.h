// Results of reading a configuration besides the Specs: problems, evidence, and the keys that exist.
#pragma once

#include "sim/config/value.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::sim::config {

enum class Evidence { Measured, Published, Derived, Calibrated, Assumed };
std::string_view to_text(Evidence evidence);

// One number that entered the run, and why we believe it.
struct Provenance {
  std::string path;   // "machine.ub.lane_bandwidth"
  std::string value;  // as written
  Evidence evidence = Evidence::Assumed;
  std::string source;  // document and table, or the reason of an assumption
};

// One key as a reader declared it; `cmsim schema` and `cmsim explain` are made from these.
struct Declaration {
  std::string path;
  std::string type;  // "bandwidth", "integer", "choice", ...
  std::string sentence;
  bool required = false;
  std::string default_text;
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::vector<std::string> choices;
  std::vector<std::string> choice_sentences{};  // [choice]; empty where words have none
  // Value that counts in this reading, as a file would write it: the one that was read, or else the default. Empty for
  // a map, for a key without a default that is not there, and where something is wrong.
  std::string value_text;
};

// A file that a configuration is made of or that one of its keys names.
struct FileRead {
  std::string key;   // that names it: "scenario", "machine.ub.part", "workload.trace"
  std::string name;  // as the key says it; of a file below the folder of configurations its place there
  std::string path;  // where it was found
};

// Results of reading besides the Spec.
struct ReadingLog {
  std::vector<std::string> problems;  // "file:line:column: key: expected ..., found ..."
  // So many of the problems are about values that are fine alone and do not go together (Reader::complain).
  std::size_t conflicts = 0;
  std::vector<Provenance> provenance;
  std::vector<Declaration> declarations;
  std::vector<FileRead> files;  // in the order of reading
};

// Appends "position: path: message"; an empty path is left out.
void add_problem(ReadingLog& log, const Position& position, std::string_view path, std::string_view message);

// Text for the "found ..." of a message: the value in quotes (shortened, on one line), "nothing", "a list" or "a map".
std::string found_text(const Value& value);

// Throws ConfigError with all problems, one a line, when there are any.
void throw_if_any(const ReadingLog& log);

}  // namespace cm::sim::config

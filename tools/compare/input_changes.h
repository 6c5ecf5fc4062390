// Which inputs two results differ in, key by key.
#pragma once

#include "sim/config/reading_log.h"
#include "tools/compare/result_set.h"

#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

struct InputChange {
  std::string key;                      // "workload.ep", "machine.ub.sub_planes", "file machines/small.yaml", "program"
  std::optional<std::string> old_text;  // empty: the old result's inputs do not have the key
  std::optional<std::string> new_text;

  friend bool operator==(const InputChange&, const InputChange&) = default;
};

// In the order scenario, machine, model, seed, search for the capacity, workload, what was set on top, files that
// changed, program. None when one of the two does not say what was run.
std::vector<InputChange> input_changes(const StoredResult& old_result, const StoredResult& new_result);

// Takes the changes that all lists have out of them, and returns them.
std::vector<InputChange> take_common(std::vector<std::vector<InputChange>*> lists);

// Reports results of one label that are of different kinds of workload: no number of one means the same in the other.
void refuse_other_kinds(const ResultSet& old_set, const ResultSet& new_set, sim::config::ReadingLog& log);

// Which of the two sides alone has results that do not say what was run, in a sentence; empty when neither or both do.
std::string unknown_inputs(const ResultSet& old_set, const ResultSet& new_set);

}  // namespace cm::tools

// Everything that BASE or NEW of a comparison names: one result, a sweep, or a folder with results and sweeps in it.
#pragma once

#include "sim/config/reading_log.h"
#include "tools/compare/stored_result.h"

#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

struct ResultSet {
  std::string path;
  std::vector<StoredResult> results;  // by label, unique; in order of folders and points

  // Null when there is none.
  [[nodiscard]] const StoredResult* find(std::string_view label) const;
};

// A result.json, the folder of one, the folder of a sweep, or a folder that holds such folders at any depth; labels are
// then prefixed by where they were found. The label of a lone result is empty. Problems go to the log; no results at
// all is one.
ResultSet read_results(const std::string& path, sim::config::ReadingLog& log);

}  // namespace cm::tools

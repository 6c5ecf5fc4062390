// A result for people: what `cmsim run` prints.
#pragma once

#include "sim/metrics/result.h"
#include "tools/runner/run.h"

#include <string>
#include <vector>

namespace cm::tools {

struct TablePrinting {
  bool is_coloured = false;
  std::vector<std::string> files;  // that were written
};

std::string result_table(const FinishedRun& run, const TablePrinting& printing);

}  // namespace cm::tools

// Two revisions of the program run the same scenarios: a baseline that cannot go stale.
//
// Each side has a git worktree below build/compare that stays: the next comparison checks out other revisions there,
// and only what differs is built again. A revision sets itself up, builds and runs through its own tools/cmsim, with
// its own machines and models; the scenarios are the caller's files.
#pragma once

#include "sim/metrics/progress.h"

#include <string>
#include <vector>

namespace cm::tools {

struct RevisionRequest {
  std::string repository;  // root of a checkout
  std::string old_revision;
  std::string new_revision;
  std::vector<std::string> scenarios;  // paths
  std::vector<std::string> sets;       // "key=value", for both
};

struct RevisionResults {
  std::string old_folder;  // with a folder for each scenario
  std::string new_folder;
};

// Throws ConfigError when a revision or a scenario does not exist, a revision cannot be built or refuses a scenario, or
// another comparison is at work; what a failed run said stands in it. The first run of a revision may build it for
// minutes: the progress tells the line that the build is at.
RevisionResults run_revisions(const RevisionRequest& request, sim::metrics::Progress& progress);

}  // namespace cm::tools

// Two revisions of the program run the same scenarios: a baseline that cannot go stale.
//
// Each side has a git worktree below build/compare that stays: the next comparison checks out other revisions there,
// and only what differs is built again. A revision sets itself up, builds and runs through its own tools/cmsim, with
// its own machines and models; the scenarios are the caller's files.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace cm::tools {

struct RevisionRequest {
  std::string repository;  // root of a checkout
  std::string old_revision;
  std::string new_revision;
  std::vector<std::string> scenarios;  // paths
  std::vector<std::string> sets;       // "key=value", for both
  // Told before each run, which may build first and last for minutes.
  std::function<void(const std::string&)> notice = [](const std::string&) {};
};

struct RevisionResults {
  std::string old_folder;  // with a folder for each scenario
  std::string new_folder;
};

// Throws ConfigError when a revision or a scenario does not exist, a revision cannot be built or refuses a scenario, or
// another comparison is at work.
RevisionResults run_revisions(const RevisionRequest& request);

}  // namespace cm::tools

// Other programs that we call: git and other revisions of cmsim for a comparison, npm for a report. No shell reads
// their arguments.
#pragma once

#include <string>
#include <vector>

namespace cm::tools {

struct ChildOutcome {
  int status = 0;      // exit status, or 128 plus the signal that ended it
  std::string output;  // what it printed
};

// Waits for its end. What it complains of goes to our standard error as it comes, and Ctrl-C reaches it as it reaches
// us. Throws ConfigError when there is no such program.
ChildOutcome run_child(const std::vector<std::string>& arguments);

}  // namespace cm::tools

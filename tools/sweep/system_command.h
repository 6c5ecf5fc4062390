// Another program, called by its name and arguments. No shell reads them.
#pragma once

#include <string>
#include <vector>

namespace cm::tools {

struct CommandOutcome {
  int status = 0;  // exit status, or 128 plus the signal that ended it
  std::string output;
  std::string complaint;  // standard error
};

// Waits for its end. Throws ConfigError when there is no such program.
CommandOutcome run_command(const std::vector<std::string>& arguments);

}  // namespace cm::tools

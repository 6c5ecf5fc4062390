// Another program, called by its name and arguments, its words kept. No shell reads them.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace cm::tools {

struct CommandOutcome {
  int status = 0;  // exit status, or 128 plus the signal that ended it
  std::string output;
  std::string complaint;      // standard error
  bool is_cut_short = false;  // it was still at work at the limit and was killed
};

// Told several times a second, while a command works, the last line that it wrote to standard error.
using CommandWatch = std::function<void(const std::string& line)>;

// Waits for its end. A signal that ends this program (Ctrl-C, SIGTERM, SIGHUP) ends it and what it started before.
// Throws ConfigError when there is no such program.
CommandOutcome run_command(const std::vector<std::string>& arguments, const CommandWatch& watch = {});

// Waits for its end, but not longer than `limit`: then it is killed. What it started ends with it in any case. Signals
// to this program do not reach it.
CommandOutcome run_command(const std::vector<std::string>& arguments, std::chrono::milliseconds limit);

// Why a command failed, in its own words on one line: all lines that say "error" or "fatal", without the program's name
// before them, otherwise its last lines; never empty.
std::string reason_of(const CommandOutcome& outcome);

}  // namespace cm::tools

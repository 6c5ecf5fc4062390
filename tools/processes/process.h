// A program at work, another one or this one, called by its name and arguments; all that it says is kept in memory, so
// that it never waits for a reader. No shell reads its arguments.
#pragma once

#include "tools/signals/signal_relay.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cm::tools {

// Whom requests to stop (Ctrl-C at the terminal, its end, and SIGTERM) concern.
enum class StopRequests {
  ReachIt,     // they end it and what it started, as they end this program
  AreOurs,     // it ignores them; it ends when this program ends, however that ends
  PassByGroup  // it leads a group of processes: they do not reach it, and end() ends what it started, too
};

struct ProcessSpec {
  std::string program;                 // a path, or a name that is looked up in PATH
  std::vector<std::string> arguments;  // the first is the name that it is called by
  StopRequests stops = StopRequests::ReachIt;
  bool reports_progress = false;  // descriptor 3 takes what it reports (progress_report.h)
};

// A file without a name.
class MemoryFile {
 public:
  MemoryFile();  // throws ConfigError when the system has none left
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::string text() const;

 private:
  int descriptor_;
};

class Process {
 public:
  // Throws ConfigError when there is no such program, or no process to be had.
  explicit Process(const ProcessSpec& spec);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();  // ends it

  [[nodiscard]] bool has_ended();  // does not wait
  void wait();
  // Requests to stop that arrive meanwhile go to its group (StopRequests::PassByGroup), as the relay says, which is
  // older than this process. Told now and then, while it works: `look`.
  void wait(SignalRelay& relay, const std::function<void()>& look);
  // Whether it ended before the limit. What it started and left behind is killed then (StopRequests::PassByGroup).
  [[nodiscard]] bool wait(std::chrono::milliseconds limit);
  void end();  // at once, and waits for its end

  // After its end: its exit status, or 128 plus the signal that ended it; 255 when the system does not know it.
  [[nodiscard]] int status() const;
  // The signal that ended it; 0: it ended by itself.
  [[nodiscard]] int signal() const;

  [[nodiscard]] std::string output() const { return output_.text(); }        // standard output so far
  [[nodiscard]] std::string complaint() const { return complaint_.text(); }  // standard error so far
  [[nodiscard]] std::string report() const;                                  // on descriptor 3 so far

 private:
  void wait_with(int options);  // of waitpid()

  MemoryFile output_;
  MemoryFile complaint_;
  std::unique_ptr<MemoryFile> report_;
  StopRequests stops_;
  pid_t process_ = 0;  // 0: it has ended
  int ended_ = 0;      // as waitpid() tells it
};

}  // namespace cm::tools

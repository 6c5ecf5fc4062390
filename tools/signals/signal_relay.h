// Another program that ends when this one is told to, whoever tells it: a terminal signals all processes of its
// foreground, kill and job schedulers only the one that they know.
#pragma once

#include "tools/signals/awaited_children.h"

#include <csignal>
#include <functional>
#include <sys/types.h>

namespace cm::tools {

// While it lives, SIGINT, SIGTERM and SIGHUP are held back, unless this process ignores them. Its owner starts a child
// that leads a new process group, and waits for it here.
class SignalRelay {
 public:
  SignalRelay();
  SignalRelay(const SignalRelay&) = delete;
  SignalRelay& operator=(const SignalRelay&) = delete;
  ~SignalRelay();  // what was held back arrives now

  // Status of the child as waitpid() has it, UnknownEnd where the system has none. A signal that arrives meanwhile goes
  // to the whole group; what still runs two seconds later is killed, and then the signal arrives here as it would have
  // without a child. Called every tenth of a second meanwhile: `look`.
  int wait(pid_t leader, const std::function<void()>& look = {});

 private:
  AwaitedChildren awaited_;
  sigset_t watched_{};
  sigset_t before_{};
};

}  // namespace cm::tools

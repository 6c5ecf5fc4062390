// Waiting for children to end, without missing Ctrl-C.
#pragma once

#include "tools/signals/awaited_children.h"

#include <chrono>
#include <csignal>

namespace cm::tools {

// While it lives, SIGCHLD and those of SIGINT, SIGTERM and SIGHUP that are not ignored are held back and come out of
// wait() instead.
class SignalWatch {
 public:
  SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();  // what was held back arrives now, except further requests to stop after one that came out

  // Returns when a child ended, when somebody wants us to stop, or after `limit`.
  void wait(std::chrono::milliseconds limit);

  // The signal that asked us to stop; 0 while none did.
  [[nodiscard]] int stop_signal() const { return stop_signal_; }

  // In a child after fork: signals are what they were before the watch, but Ctrl-C is left to the parent, and ends of
  // its children are kept.
  void restore_in_child() const;

 private:
  AwaitedChildren awaited_;
  sigset_t watched_{};
  sigset_t before_{};
  int stop_signal_ = 0;
};

}  // namespace cm::tools

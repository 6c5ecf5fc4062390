// Ends of children, kept for the program that waits for them.
#pragma once

#include <csignal>

namespace cm::tools {

// Status as waitpid() tells exit status 255: of a child whose end the system did not keep, so that nobody knows it.
inline constexpr int UnknownEnd = 0xff00;

// While it lives, the system keeps the end of each child until waitpid() asks for it, also where this program was
// started with SIGCHLD ignored, as some servers start what they call: then the ends would be lost.
class AwaitedChildren {
 public:
  AwaitedChildren()
  {
    struct sigaction standard{};
    standard.sa_handler = SIG_DFL;
    ::sigaction(SIGCHLD, &standard, &before_);
  }
  AwaitedChildren(const AwaitedChildren&) = delete;
  AwaitedChildren& operator=(const AwaitedChildren&) = delete;
  ~AwaitedChildren() { ::sigaction(SIGCHLD, &before_, nullptr); }

 private:
  struct sigaction before_{};
};

}  // namespace cm::tools

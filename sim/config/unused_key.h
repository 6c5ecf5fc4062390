// A key that is well-formed and that a run does not use.
#pragma once

#include <string>

namespace cm::sim::config {

struct UnusedKey {
  std::string path;    // the full one, or that of a section with all its keys: "workload.generator"
  std::string reason;  // a clause: "the requests come from workload.trace"
  // A grid of settings may hold the key all the same, because one of its settings makes it idle: it is told, not
  // refused.
  bool may_be_set = false;
};

}  // namespace cm::sim::config

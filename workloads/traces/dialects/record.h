// A record of a request as a file has it, and what may be wrong with it.
#pragma once

#include "workloads/traces/dialects/stamp.h"
#include "workloads/traces/request.h"

#include <optional>
#include <string>
#include <variant>

namespace cm::workloads {

struct Record {
  Request request;
  std::optional<Stamp> time;  // from anywhere; empty: a later turn of its session
  std::string written_time;
  int time_column = 1;
  std::string session;           // whose turn it is; empty: nobody's
  std::optional<Seconds> delay;  // from the end of the session's previous turn
};

struct Damage {
  std::string what;
  int column = 1;
};

// A request that had failed when it was recorded.
struct FailedRequest {};

using Parsed = std::variant<Record, Damage, FailedRequest>;

}  // namespace cm::workloads

// More or less load from the same requests: time run faster, and copies side by side that share no prefix.
#pragma once

#include "workloads/traces/request.h"

#include <memory>
#include <string>

namespace cm::workloads {

// The part of a trace that is used: arrivals from `start` on, and before `start + length`, as the source counts them.
struct TracePart {
  Seconds start;
  Seconds length;  // zero: to the end

  friend bool operator==(const TracePart&, const TracePart&) = default;
};

// Times count from the first request of the part; counts are those of the part. A conversation belongs to the part in
// which its first turn arrives. Its next()
// throws ConfigError when no request arrives in the part.
std::unique_ptr<RequestSource> part_of(std::unique_ptr<RequestSource> source, const TracePart& part);

struct LoadScaling {
  double time_scale = 1;  // arrival times are multiplied by it; 0.5 is twice the rate
  int copies = 1;         // of every request, in the time until the next one arrives, each with block ids of its own

  friend bool operator==(const LoadScaling&, const LoadScaling&) = default;
};

std::unique_ptr<RequestSource> scaled(std::unique_ptr<RequestSource> source, const LoadScaling& scaling);

// The same requests; next() throws ConfigError, naming the key to change, at one that arrives after LatestArrival.
std::unique_ptr<RequestSource> within_clock(std::unique_ptr<RequestSource> source, const std::string& key);

}  // namespace cm::workloads

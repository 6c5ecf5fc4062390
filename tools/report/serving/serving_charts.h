// Charts of a run's requests, from its result.json.
#pragma once

#include "tools/report/page.h"

#include <string>
#include <utility>
#include <vector>

namespace cm::tools {

// Latencies of the requests that arrived in windows of time, one behind the other from 0 on.
struct LatencyWindows {
  std::vector<double> end_s;     // [window]
  std::vector<double> requests;  // [window]
  double objective_ms = 0;
  std::vector<std::pair<std::string, std::vector<double>>> percentiles;  // "p99", [window] in ms
};

// A line a percentile, and the objective. `name` is of the chart's file, `title` says the quantity.
Chart latency_chart(const std::string& name, const std::string& title, const LatencyWindows& windows);

// A stretch of a request's time, in ms from its arrival.
struct RequestPart {
  std::string name;
  double start = 0;
  double end = 0;
};

struct RequestTime {
  std::string label;  // number, and what the request is shown for
  double arrival_s = 0;
  std::vector<RequestPart> parts;  // one after another, in the order of every request
};

// The parts of each request side by side, a bar a request, in the given order.
Chart parts_chart(const std::string& name, const std::string& title, const std::vector<RequestTime>& requests);

// The same parts where they lie in the time of the run.
Chart requests_chart(const std::vector<RequestTime>& requests);

}  // namespace cm::tools

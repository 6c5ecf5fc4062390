// The points of a sweep as their files tell them (schema cmsim-point/1).
#pragma once

#include "sim/config/reading_log.h"
#include "tools/report/page.h"
#include "tools/results/pareto.h"
#include "tools/results/run_health.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cm::tools {

// Properties of a number that a result states besides its value.
struct NumberFacts {
  std::string unit;
  std::string better;   // "lower", "higher"; else neither
  std::string meaning;  // of a statistic with its name: "time to first token, 99th percentile"
};

struct PointData {
  std::string base;
  std::vector<std::pair<std::string, std::string>> axes;  // key and value as written, in the order of the sweep
  std::string seed;
  std::string status;  // done, refused or failed
  std::string reason;
  std::vector<std::pair<std::string, double>> numbers;       // metrics, then mean and p99 of each histogram
  RunHealth health;                                          // of a point that is done
  std::vector<std::pair<std::string, std::string>> caveats;  // name of a number and what speaks against it

  [[nodiscard]] const double* number(const std::string& name) const;
  [[nodiscard]] std::string label() const;  // "decode, ep 32, sub_planes 7"
};

struct SweepData {
  std::string sweep;    // its file
  std::string version;  // of the program
  std::size_t planned = 0;
  std::vector<PointData> points;               // in the order of the sweep
  Json head{};                                 // sweep.json
  std::map<std::string, NumberFacts> facts{};  // by name of a number
};

// Reads sweep.json and points/*.json of a folder. What is wrong goes to the log.
SweepData read_sweep_data(const std::string& folder, sim::config::ReadingLog& log);

// Tokens/s per user (1000 / tpot_ms, its mean where it is a histogram) against tokens/s per NPU, of the points that
// have both; the front is marked. Points that are not steady are not ranked.
std::vector<ParetoPoint> user_against_npu(const std::vector<PointData>& points);
extern const ParetoTitles UserAgainstNpu;

}  // namespace cm::tools

// The answer of a result: its headline, whether its numbers can be used, and what limits the run. Terminal and report
// page show it first, both from here. The workloads say what belongs in it (`answer` of result.json).
#pragma once

#include "sim/metrics/result.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

// From 5 % to 95 % of the samples of `--uncertainty`.
struct Interval {
  double low = 0;
  double high = 0;
};

// A number of the headline.
struct Figure {
  std::string name;       // as comparisons and sweeps call it: "ttft_p99_ms"
  std::string label;      // plain words: "time to first token"
  std::string statistic;  // of a histogram: "p99"; empty for a metric
  double value = 0;
  std::string unit;
  std::string caveat;   // empty when there is none
  std::string meaning;  // a phrase that is understood alone
  std::optional<Interval> interval;
};

enum class Tone : std::uint8_t {
  Good,   // speaks for the numbers
  Doubt,  // the numbers stand, but something that was asked for does not hold
  Bad     // the numbers depend on something that they should not depend on
};

struct Verdict {
  Tone tone = Tone::Good;
  std::string word;  // "OVERLOADED", "NOT STEADY", "SLO missed", "SLO held", "steady", "fits"
  std::string text;  // why, as a phrase
};

struct RunAnswer {
  std::vector<Figure> figures;    // in order of importance; those with one label follow each other
  std::vector<Verdict> verdicts;  // the worst first
  std::string limit;              // a sentence; empty in results of earlier versions
};

// Answer in the root of a result.json. Entries that are missing or of another type are left out: a result of an earlier
// version has no headline and no limit, its verdicts are there.
RunAnswer answer_of(const nlohmann::ordered_json& root);
RunAnswer answer_of(const sim::metrics::Result& result);

}  // namespace cm::tools

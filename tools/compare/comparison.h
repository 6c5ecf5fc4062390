// Old against new: every number, judged by the direction in which it should move.
#pragma once

#include "tools/compare/cause.h"
#include "tools/compare/histogram_distance.h"
#include "tools/compare/input_changes.h"
#include "tools/compare/result_set.h"
#include "tools/compare/tolerance.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// Changed: beyond the tolerance, of a number that has no better side.
enum class Verdict { Equal, Better, Worse, Changed, Added, Lost };
std::string_view to_text(Verdict verdict);
// A number or a point that is gone can no longer be watched, so it counts.
bool is_regression(Verdict verdict);

struct ComparedMetric {
  std::string name;
  std::string unit;
  std::optional<double> old_value;  // empty when added
  std::optional<double> new_value;  // empty when lost
  double tolerance = 0;             // share of the old value
  Verdict verdict = Verdict::Equal;
  std::string cause{};  // of this metric: what it follows from and what moved of that; empty: nothing is known

  // Share of the old value; empty when one of the two is missing or the old value is zero and the new one is not.
  [[nodiscard]] std::optional<double> change() const;
};

struct ComparedHistogram {
  std::string name;
  std::string unit;
  double old_mean = 0;
  HistogramDistance distance;
  std::vector<StoredBucket> old_buckets;
  std::vector<StoredBucket> new_buckets;
};

struct ComparedPoint {
  std::string label;
  Verdict verdict = Verdict::Equal;           // of its metrics, or Added or Lost with the point itself
  std::string reason;                         // of a point that one of the two lacks
  std::vector<ComparedMetric> metrics;        // those of result.json, then mean, p50 and p99 of each histogram
  std::vector<ComparedHistogram> histograms;  // that both have
  std::vector<PartChange> breakdown;          // all parts of both
  Cause cause;
  std::vector<InputChange> inputs;  // that are not those of all points
  bool is_same_configuration = true;
  std::vector<std::string> doubts;   // what speaks against judging the two: "new: overloaded"
  std::vector<std::string> numbers;  // assumed ones that differ: "machine.x: 1, was 2"
};

struct Comparison {
  std::string old_path;
  std::string new_path;
  std::vector<InputChange> inputs;    // in which all points differ
  std::string unknown_inputs;         // which side alone does not say what was run; empty: none
  std::vector<ComparedPoint> points;  // in the order of the old set, then what was added

  [[nodiscard]] bool has_regression() const;
  [[nodiscard]] std::size_t count(Verdict verdict) const;  // points
};

// Reports tolerances of metrics and histograms that neither set has, with the nearest name.
void refuse_unknown(const Tolerances& tolerances, const ResultSet& old_set, const ResultSet& new_set,
                    sim::config::ReadingLog& log);

// Throws ConfigError for tolerances of what no kind of workload of this program reports, with the nearest name: before
// results are there.
void refuse_unknown(const Tolerances& tolerances);

Comparison compare(const ResultSet& old_set, const ResultSet& new_set, const Tolerances& tolerances);

}  // namespace cm::tools

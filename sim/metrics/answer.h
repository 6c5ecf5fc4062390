// Answer of a run: which of its numbers a reader wants first, what speaks for it and what limits it. Workloads say it,
// beside their numbers; terminals and pages show it before everything else.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::sim::metrics {

struct Part;

// A number that stands before the others, of those that a kind of workload reports.
struct HeadlineRow {
  std::string_view name;   // a metric, or a statistic of a histogram: "ttft_p99_ms"
  std::string_view label;  // one or few words; rows that follow each other with one label are shown side by side
};

struct Headline {
  std::string name;
  std::string label;
};

// A statement about the whole run that makes its numbers usable: {"fits", "37.8 of 64 GB of HBM on the busiest die"}.
struct Standing {
  std::string word;
  std::string text;
};

struct Answer {
  std::vector<Headline> headline;  // in order of importance
  std::vector<Standing> standings;
  std::string limit;  // one sentence from values that the run measured; says so when nothing stands out

  [[nodiscard]] bool empty() const { return headline.empty() && standings.empty() && limit.empty(); }
};

// A clause about the largest of the parts of a whole, and the next: "the largest part of the time of a layer is
// attention, 44.7 % of 1252 us; next is experts, 14.7 %". It says so when the largest is neither two fifths of the
// whole nor larger than the next by a quarter. Empty when the parts add up to nothing.
std::string largest_part_clause(std::span<const Part> parts, std::string_view whole);

// A sentence of a clause: with a large first letter and a full stop.
std::string sentence_of(std::string clause);

}  // namespace cm::sim::metrics

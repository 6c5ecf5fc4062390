// Meaning of a number of a result, declared once, in the table of the workload that reports it: results, comparisons
// and `cmsim explain` take it from there.
#pragma once

#include "sim/metrics/better.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cm::sim::metrics {

enum class Shape { Number, Histogram };

// Whether a result without the metric has lost something. A symptom is there only while something is wrong.
enum class Absence { Loss, Relief };

struct MetricDeclaration {
  std::string_view name;  // ends in its unit where it has one; a "*" stands for words that the run knows
  std::string_view unit;
  Better better = Better::Neither;
  std::string_view meaning;  // a phrase that is understood alone
  std::string_view formula;  // how it is computed; a run may say it with its own numbers
  Shape shape = Shape::Number;
  // Whose changes tell why this changed: names of the same table, and Breakdown; ", " between.
  std::string_view follows = {};
  Absence absence = Absence::Loss;
  std::string_view words = {};     // for the "*", when they are few; ", " between
  std::string_view added_by = {};  // option of `cmsim run` without which no result has it
};

// The parts of the breakdown, and what each lane carried.
inline constexpr std::string_view Breakdown = "breakdown";

// Items of a list that is separated by ", ".
std::vector<std::string_view> items_of(std::string_view list);

// Whether a result may call the metric so.
bool is_name_of(const MetricDeclaration& metric, std::string_view name);

// The name with a word for its "*".
std::string name_with(const MetricDeclaration& metric, std::string_view word);

// "ttft_p99_ms" of "ttft_ms" and "p99": the unit stays at the end.
std::string statistic_name(std::string_view histogram, std::string_view statistic);

// Metrics of one workload.
template <std::size_t Count>
struct MetricTable {
  std::array<MetricDeclaration, Count> rows;

  // A name that no row has does not compile.
  consteval const MetricDeclaration& operator[](std::string_view name) const
  {
    std::size_t row = 0;
    while (row < Count && rows[row].name != name)
      ++row;
    return rows.at(row);
  }
};

}  // namespace cm::sim::metrics

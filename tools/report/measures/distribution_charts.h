// Charts of distributions: histograms of a result.
#pragma once

#include "tools/report/numbers/histogram_bars.h"
#include "tools/report/numbers/plain_unit.h"
#include "tools/report/page.h"

#include <string>
#include <vector>

namespace cm::tools {

struct NamedBuckets {
  std::string name;
  std::string unit;
  Json buckets;  // [low, high, count], ascending
  std::string meaning{};

  [[nodiscard]] double largest() const;
  // The meaning, else the name in words.
  [[nodiscard]] std::string words() const;
};

// Share of the values in each bar.
Chart histogram_chart(const NamedBuckets& histogram, const PlainUnit& unit, const HistogramBars& bars);

// Share of the values up to a value, a line a histogram; all declared in one unit and drawn in `unit`.
Chart cumulative_chart(const std::vector<NamedBuckets>& histograms, const PlainUnit& unit);

}  // namespace cm::tools

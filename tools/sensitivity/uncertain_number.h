// The numbers that a run uses and that might be otherwise: assumed, calibrated, or with a stated range.
#pragma once

#include "sim/config/reading_log.h"
#include "tools/scenario/scenario.h"

#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

// Range that a file states as `range: [low, high]`, in the unit in which it is written.
struct StatedRange {
  double low = 0;
  double high = 0;
  std::string unit;       // "us", "%", or nothing
  bool is_whole = false;  // a count: only whole numbers between the ends make sense

  [[nodiscard]] std::string text(double value) const;  // "0.78 us"
  // `share` of the way from low to high.
  [[nodiscard]] std::string at(double share) const;
};

struct UncertainNumber {
  std::string path;   // "machine.ub.traversal_latency"
  std::string value;  // as written
  sim::config::Evidence evidence = sim::config::Evidence::Assumed;
  std::optional<StatedRange> range;
  sim::config::Position range_place{};  // where it is stated
};

// "187.5 ns" is 187.5 and "ns". Empty when the text does not begin with a number.
struct NumberText {
  double number = 0;
  std::string unit;
  bool is_whole = false;  // written without a point or an exponent
};
std::optional<NumberText> number_text(const std::string& text);

// In the order in which they are read. Throws ConfigError with everything that is wrong with the scenario, and where a
// range has another unit than its value or does not hold it.
std::vector<UncertainNumber> uncertain_numbers(const ScenarioRequest& request);

}  // namespace cm::tools

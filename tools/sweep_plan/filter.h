// Which points of a grid a sweep leaves out.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"
#include "tools/sweep_plan/axis.h"
#include "tools/sweep_plan/quantity_text.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::tools {

// Names of a point: the text of each key of its axes, and of "base".
using Labels = std::vector<std::pair<std::string, std::string>>;

// One of several values, or a quantity between two others (ends included). Values are compared as quantities where they
// are some: 14 GB/s meets 14000 MB/s.
struct Condition {
  std::string key;
  sim::config::Position position;
  std::vector<std::string> texts;
  std::optional<std::pair<QuantityText, QuantityText>> interval;
};

// Holds for a point that has all its keys, with values that it names.
struct Filter {
  sim::config::Position position;
  std::vector<Condition> conditions;

  [[nodiscard]] bool holds(const Labels& labels) const;
};

// `map` is {KEY: value | [values] | {from, to}, ...} with keys of `known`; problems go to the log.
Filter read_filter(const sim::config::Value& map, const std::string& path, std::span<const std::string> known,
                   sim::config::ReadingLog& log);

// Reports intervals in other units than the values of the axis that they filter: a size beside rates, a bare number
// beside times.
void refuse_other_units(const Filter& filter, std::span<const Axis> axes, const std::string& path,
                        sim::config::ReadingLog& log);

}  // namespace cm::tools

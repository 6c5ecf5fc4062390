// Which points of a grid a sweep leaves out.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::tools {

// What a point is called: the text of each key of its axes, and of "base".
using Labels = std::vector<std::pair<std::string, std::string>>;

// One of several texts, or a number between two others (ends included).
struct Condition {
  std::string key;
  std::vector<std::string> texts;
  std::optional<std::pair<double, double>> interval;
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

}  // namespace cm::tools

// One number of a result, by the names of number_name.h.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cm::tools {

struct ResultNumber {
  double value = 0;
  std::string unit;  // "1" of a share or a ratio; empty of "steady"
};

// In the root of a result.json or of a point; empty when it has no such number.
std::optional<ResultNumber> number_in(const nlohmann::ordered_json& root, std::string_view name);

// In the text that a run printed. Throws ConfigError, behind `origin`, with the nearest names of the result's own when
// it has no such number.
ResultNumber number_of(const std::string& output, std::string_view name, const std::string& origin);

}  // namespace cm::tools

// Direction in which a number of a result should move. A comparison of two results needs to know.
#pragma once

#include <optional>
#include <string_view>

namespace cm::sim::metrics {

enum class Better { Lower, Higher, Neither };

std::string_view to_text(Better better);
std::optional<Better> parse_better(std::string_view text);

// Direction of a number that does not declare it: a time is better lower, a rate ("1/s", "GB/s") higher, and for
// anything else the direction is unknown.
Better better_by_unit(std::string_view unit);

}  // namespace cm::sim::metrics

// Whether the numbers of a run may be ranked and praised: what its result says of its steady state, its warnings and
// its service levels. Everything that shows a result to people asks here.
#pragma once

#include "sim/metrics/result.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cm::tools {

// Share of the requests that must hold the service levels where the result states no other (`run.slo_share`): a
// smaller share misses them.
inline constexpr double UsualAttainment = 0.9;

struct RunHealth {
  bool is_steady = true;
  bool says_steady = false;  // whether the result says so at all; results of old programs and other tools do not
  std::size_t warnings = 0;
  std::string why_unsteady;          // the warning that says so; empty when steady
  std::optional<double> attainment;  // share of the requests that held the service levels; empty without any
  double required_attainment = UsualAttainment;

  [[nodiscard]] bool is_overloaded() const;
  [[nodiscard]] bool misses_levels() const { return attainment && *attainment < required_attainment; }
  // Nothing speaks against ranking it among other runs.
  [[nodiscard]] bool is_sound() const { return is_steady && !misses_levels(); }
  // "overloaded", "not steady", "SLO missed"; empty when sound.
  [[nodiscard]] std::string_view mark() const;
  // "82 % of the requests hold it", and how many must where that is not the usual share.
  [[nodiscard]] std::string attainment_text() const;
};

// Health in the root of a result.json or of a point's file. Entries that are missing or of another type count as
// nothing said.
RunHealth health_of(const nlohmann::ordered_json& root);
RunHealth health_of(const sim::metrics::Result& result);

}  // namespace cm::tools

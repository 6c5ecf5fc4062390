// Keys that a sweep varied, and that make axes of a chart.
#pragma once

#include "tools/report/sweep/sweep_data.h"

#include <string>
#include <vector>

namespace cm::tools {

struct SweepAxis {
  std::string key;
  std::vector<std::string> values;  // different ones, in order of appearance; numbers ascending
  bool is_number = false;
  std::vector<std::string> linked{};  // keys whose values follow from this one's: they change together

  // The key's last word: "ep" of workload.ep.
  [[nodiscard]] std::string short_name() const;
  // Title for people: "EP", and which keys change with it.
  [[nodiscard]] std::string title() const;
};

// Keys that differ among the points that are done, and the seed if several were drawn. Of keys that change together the
// one that tells most steps apart is the axis, and the others are linked to it; points that are not done count there
// too, so that a refused point links nothing. Numbers come first, in the order of the sweep.
std::vector<SweepAxis> varied_axes(const std::vector<PointData>& points);

// Values of the linked keys at each value of the axis: "ep 8: redundant 0; ep 320: redundant 64". Empty without any.
std::string links_text(const SweepAxis& axis, const std::vector<PointData>& points);

// The value of a key as the sweep has it; empty when the point has none.
std::string text_at(const PointData& point, const std::string& key);

// As written, or as a number: "1.50" and "1.5" are one.
Json axis_value(const SweepAxis& axis, const PointData& point);

}  // namespace cm::tools

// Which part of a layer, or which sub-plane, a change comes from.
//
// The parts of a breakdown add up to a layer, so the changes of the parts add up to the change of the layer: a part's
// share of it says how much of the change it explains. Parts that moved the other way made up for some of it, so the
// shares of the others may add up to more than one.
#pragma once

#include "tools/compare/stored_result.h"

#include <string>
#include <vector>

namespace cm::tools {

struct PartChange {
  std::string part;
  double old_value = 0;
  double new_value = 0;
  std::string unit;
  double share = 0;  // of the change of the sum; 0 when the sum did not change

  [[nodiscard]] double change() const { return new_value - old_value; }
};

struct Cause {
  double change = 0;              // of the sum of all parts
  std::string unit;               // of the sum
  std::vector<PartChange> parts;  // that moved the way the sum did, largest first
  // Sub-planes whose share of the traffic moved by more than a tenth of an even share, largest first.
  std::vector<PartChange> sub_planes;

  [[nodiscard]] bool is_known() const { return !parts.empty() || !sub_planes.empty(); }
};

// All parts of both breakdowns, in the order of the old one; parts that only one of the two has count as zero in the
// other.
std::vector<PartChange> breakdown_changes(const StoredResult& old_result, const StoredResult& new_result);

Cause find_cause(const StoredResult& old_result, const StoredResult& new_result);

// "experts +9.2 us of +10.1 us a layer (91 %), then combine: wait for tokens +1.1 us (11 %)". Empty when nothing
// explains the change.
std::string to_text(const Cause& cause);

}  // namespace cm::tools

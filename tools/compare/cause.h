// Which part of a whole (a layer, the time to first token), or which lane, a change comes from.
//
// The parts of a breakdown add up to the whole, so their changes add up to the change of the whole: a part's share of
// it says how much of the change it explains. Parts that moved the other way made up for some of it, so the shares of
// the others may add up to more than one.
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
  std::string whole;              // that the parts add up to: "the time to first token"; empty: there are no parts
  double change = 0;              // of the sum of all parts
  std::string unit;               // of the sum
  std::vector<PartChange> parts;  // that moved the way the sum did, largest first
  // Lanes whose share of the traffic moved by more than a tenth of an even share, largest first.
  std::vector<PartChange> lanes;
  bool has_lanes = false;  // whether one of the results says what its lanes carried

  // The same without parts when their sum moved the other way: direction 1 asks for more, -1 for less, 0 for either.
  [[nodiscard]] Cause towards(int direction) const;
  [[nodiscard]] bool is_known() const { return !parts.empty() || !lanes.empty(); }
};

// All parts of both breakdowns, in the order of the old one; parts that only one of the two has count as zero in the
// other. None when one of the two has no breakdown: nothing has no parts that were lost.
std::vector<PartChange> breakdown_changes(const StoredResult& old_result, const StoredResult& new_result);

Cause find_cause(const StoredResult& old_result, const StoredResult& new_result);

// "experts +9.2 us of +10.1 us in the time of a layer (91 %), then combine: wait for tokens +1.1 us (11 %)". Empty when
// nothing explains the change.
std::string to_text(const Cause& cause);

}  // namespace cm::tools

// When something worked: stretches of time, one after another.
#pragma once

#include "sim/units/quantity.h"

#include <vector>

namespace cm::workloads {

struct Stretch {
  Seconds begin;
  Seconds end;

  [[nodiscard]] Seconds length() const { return end - begin; }
};

class BusyTime {
 public:
  // In order of time and without overlap. Stretches that touch become one, so that memory grows with pauses, not with
  // work.
  void add(const Stretch& work);

  [[nodiscard]] Seconds total() const { return total_; }
  // Busy time of the part that lies in `window`.
  [[nodiscard]] Seconds within(const Stretch& window) const;

 private:
  std::vector<Stretch> stretches_;
  Seconds total_;
};

}  // namespace cm::workloads

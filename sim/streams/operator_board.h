// Operators running on dies, and the memory bandwidth that those on one die share.
//
// An operator brings the time it takes alone and the memory traffic that goes with it. While the demands of a die's
// running operators fit its bandwidth, each keeps its own pace. When they do not, bandwidth is divided max-min fairly
// and an operator that gets a share s of its demand runs at pace s. Remaining work is re-evaluated whenever an operator
// of the die starts or ends (fluid sharing); compute that does not wait for memory is thereby slowed too, which is
// right for operators that stream their operands.
#pragma once

#include "sim/calendar/calendar.h"
#include "sim/units/quantity.h"

#include <cstdint>
#include <vector>

namespace cm::sim::streams {

struct OperatorRun {
  std::uint32_t die = 0;
  Picoseconds alone;     // duration with the die's memory to itself
  Bytes memory_traffic;  // read and written over that duration
  std::uint64_t end_notice = 0;
};

class OperatorBoard {
 public:
  // `calendar` is borrowed. Every die has the same usable memory bandwidth.
  OperatorBoard(std::uint32_t dies, BytesPerSecond memory_bandwidth, calendar::Calendar& calendar);

  void start(const OperatorRun& run, std::int64_t now);

  // For an event of this board (kind EventKind::Owner): the notice of the operator that ended, or NotYet when the event
  // was overtaken by a change of pace.
  std::uint64_t finish(const calendar::Event& event);

  static constexpr std::uint64_t NotYet = ~std::uint64_t{0};

 private:
  struct Running {
    double remaining = 0;  // picoseconds of work at full pace
    double pace = 1;
    double demand = 0;  // bytes per picosecond at full pace
    std::int64_t since = 0;
    std::uint64_t notice = 0;
    std::uint32_t die = 0;
    std::uint32_t generation = 0;
  };

  void share(std::uint32_t die, std::int64_t now);
  void schedule(std::uint32_t slot, std::int64_t now);

  calendar::Calendar& calendar_;
  double bandwidth_;                                // bytes per picosecond
  std::vector<std::vector<std::uint32_t>> on_die_;  // slots, in order of start
  std::vector<Running> running_;
  std::vector<std::uint32_t> free_;
};

}  // namespace cm::sim::streams

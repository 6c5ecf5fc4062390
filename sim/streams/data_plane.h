// The data plane: packets, operators and timers on one calendar. Who starts something is told when it ends, inside the
// event, so that a rank's next step costs no switch of context. The engine carries the data plane as its one run-ahead
// model and lets it run until something is signalled to an actor.
#pragma once

#include "sim/calendar/calendar.h"
#include "sim/fabric/packet_fabric.h"
#include "sim/streams/notice.h"
#include "sim/streams/operator_board.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace cm::sim::streams {

// A number that an actor waits for.
using Signal = std::uint32_t;

struct DataPlaneSpec {
  fabric::NetworkSpec network;
  fabric::FabricPolicy policy;
  std::uint32_t dies = 0;
  BytesPerSecond memory_bandwidth;  // usable, per die
};

class DataPlane {
 public:
  explicit DataPlane(const DataPlaneSpec& spec);
  // Fabric and operators refer to its calendar.
  DataPlane(const DataPlane&) = delete;
  DataPlane& operator=(const DataPlane&) = delete;

  // A range of notices that the owner is told of. It is borrowed and must outlive every event that it causes.
  [[nodiscard]] NoticeRange add_owner(NoticeOwner& owner);

  [[nodiscard]] Picoseconds now() const { return Picoseconds(now_); }
  [[nodiscard]] fabric::PacketFabric& fabric() { return fabric_; }
  [[nodiscard]] const fabric::PacketFabric& fabric() const { return fabric_; }

  // All of these start at now(). Their notices are of ranges that add_owner() gave.
  void start(fabric::FlowSpec&& flow) { fabric_.start(std::move(flow), now_); }
  void start(const OperatorRun& run) { board_.start(run, now_); }
  void remind(Picoseconds delay, std::uint64_t notice);

  // Ends the current run(): the actor that waits for the signal goes on at now().
  void raise(Signal signal) { raised_.push_back(signal); }

  // For the engine. Sets the clock forward to where the engine is; works off events up to and including `limit` until a
  // signal is raised. Returns the time of the signal, or Calendar::Never when none was raised up to the limit.
  void catch_up(Picoseconds time);
  std::int64_t run(std::int64_t limit);
  [[nodiscard]] std::deque<Signal>& raised() { return raised_; }

 private:
  calendar::Calendar calendar_;
  fabric::PacketFabric fabric_;
  OperatorBoard board_;
  std::vector<NoticeOwner*> owners_;  // [range]
  std::deque<Signal> raised_;
  std::int64_t now_ = 0;
};

}  // namespace cm::sim::streams

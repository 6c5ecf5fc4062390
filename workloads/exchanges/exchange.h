// Interface of everything that ranks of a group send each other: fused and unfused exchanges with experts, those of
// tensor-parallel groups, and long stretches by SDMA. Each rank moves on its own: it starts a part when it is ready and
// the listener is told when it has ended.
//
// An exchange happens again and again; each time is a generation, counted from 0. Some have two parts, the way there
// and the way back.
#pragma once

#include "models/compute/stage_use.h"
#include "models/network/machine.h"
#include "sim/diagnostics/ensure.h"
#include "sim/streams/data_plane.h"

#include <cstdint>

namespace cm::workloads {

class RankTimeline;

struct ExchangeEnd {
  std::uint32_t exchange = 0;  // ExchangePlace::id
  std::uint32_t part = 0;
  std::uint32_t rank = 0;
  Picoseconds now;
  Picoseconds waited;  // spent waiting for others when the rank's own part was done
};

class ExchangeListener {
 public:
  virtual ~ExchangeListener() = default;
  // A rank is through a part; inside the event, or inside start() when there was nothing to wait for. Bytes by SDMA may
  // all have come before the rank itself has started.
  virtual void on_exchanged(const ExchangeEnd& end) = 0;
};

// Resources that an exchange runs on and who is told, all borrowed. Rank r is die first_die + r; only bulk exchanges
// start at another die than the first.
struct ExchangePlace {
  std::uint32_t id = 0;  // tells the listener's exchanges apart
  const models::MachineSpec& machine;
  sim::streams::DataPlane& plane;
  const models::EndpointEngines& engines;
  ExchangeListener& listener;
  std::uint32_t first_die = 0;
  std::uint32_t microbatch = 0;  // whose rows these are, for the timeline
};

class Exchange {
 public:
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  virtual ~Exchange() = default;

  // A rank starts a part at the data plane's time. It takes the generations in their order, the parts of each in
  // theirs, and is never two generations ahead of another rank. The first one in a generation lays out what all of them
  // send.
  void start(std::uint32_t part, std::uint32_t generation, std::uint32_t rank)
  {
    if (part == 0 && generation == opened_) {
      ++opened_;
      open(generation);
    }
    ensure(generation < opened_, "rank {} starts generation {}, {} are open", rank, generation, opened_);
    begin(part, generation, rank);
  }

  // Work of the rank's die in a part that it is through and that took it `spent`, waits included.
  [[nodiscard]] virtual models::StageWork work(std::uint32_t part, std::uint32_t generation, std::uint32_t rank,
                                               Seconds spent) const = 0;

  // Tells the timeline, which is borrowed, every step of every rank from now on. Exchanges of one step tell nothing.
  virtual void show_on(RankTimeline& /*timeline*/) {}

 private:
  virtual void open(std::uint32_t generation) = 0;
  virtual void begin(std::uint32_t part, std::uint32_t generation, std::uint32_t rank) = 0;

  std::uint32_t opened_ = 0;  // generations
};

}  // namespace cm::workloads

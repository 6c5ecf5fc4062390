// Which part of the machine a load keeps busiest: the engines and ports at the ends of the fabric, its links, memory
// channels. When none is busy, the load itself is the limit: it asks for too little at a time.
#pragma once

#include "workloads/kv_access/access_runner.h"

#include <string>
#include <vector>

namespace cm::workloads {

struct LoadLimit {
  std::string name;
  double busy = 0;  // share of the time, of the busiest one of its kind
};

// "The load is limited by read engine of a die, 97 % busy."; says so when nothing of the machine is.
std::string limit_sentence(const LoadLimit& limit);

class LimitMeter {
 public:
  // All borrowed. `network` is what the fabric was built from.
  LimitMeter(const models::MachineSpec& machine, const sim::fabric::NetworkSpec& network,
             const sim::fabric::PacketFabric& fabric, AccessRunner& runner);

  void begin();
  // The limit of what ran since begin(), over `span`.
  [[nodiscard]] LoadLimit limit(Picoseconds span) const;

 private:
  [[nodiscard]] double busiest_lanes(const std::vector<sim::fabric::PortIndex>& lanes, bool of_dies) const;
  [[nodiscard]] double busiest_port(const std::vector<sim::fabric::PortIndex>& ports) const;
  [[nodiscard]] std::int64_t busy_ps(sim::fabric::PortIndex port) const;

  const models::MachineSpec& machine_;
  const sim::fabric::NetworkSpec& network_;
  const sim::fabric::PacketFabric& fabric_;
  AccessRunner& runner_;
  std::vector<std::int64_t> busy_before_;  // [port]
};

}  // namespace cm::workloads

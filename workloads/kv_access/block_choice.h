// Which block is asked for next.
#pragma once

#include "sim/random/random_stream.h"
#include "workloads/kv_access/kv_spec.h"

#include <cstdint>
#include <vector>

namespace cm::workloads {

class BlockChoice {
 public:
  BlockChoice(const KvSpec& spec, std::uint64_t seed);

  // Draws of different dies are independent of each other and of time; a trace is taken in the order of asking.
  std::uint64_t next(std::uint32_t die);
  // Whether an access of a die writes.
  bool is_write(std::uint32_t die);

 private:
  const KvSpec& spec_;              // borrowed
  std::vector<double> cumulative_;  // [rank]: popularity: zipf
  std::vector<sim::RandomStream> draws_;
  std::vector<sim::RandomStream> write_draws_;
  std::size_t next_of_trace_ = 0;
};

}  // namespace cm::workloads

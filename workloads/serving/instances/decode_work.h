// Work that a decode instance has done: its iterations, when they were, and the tokens that left with them.
#pragma once

#include "workloads/serving/instances/busy_time.h"
#include "workloads/serving/instances/output_events.h"

#include <cstdint>

namespace cm::workloads {

struct DecodeWork {
  std::int64_t iterations = 0;
  BusyTime busy;
  Seconds delayed;  // part of the busy time that keys and values on the same lanes added
  OutputEvents outputs;

  // An iteration, after those before, that gave so many requests tokens and was delayed.
  void add(const Stretch& time, Seconds delay, std::int64_t requests, std::int64_t tokens)
  {
    ++iterations;
    busy.add(time);
    delayed += delay;
    outputs.add(to_picoseconds(time.end), requests, tokens);
  }
};

}  // namespace cm::workloads

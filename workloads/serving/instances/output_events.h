// When tokens leave a decode instance. All requests that it serves get their tokens at the end of each iteration, so
// the pauses between a request's outputs follow from the ends of the iterations and from when it was in decode.
#pragma once

#include "sim/metrics/histogram.h"
#include "workloads/serving/instances/busy_time.h"
#include "workloads/serving/requests/request_record.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace cm::workloads {

class OutputEvents {
 public:
  // Sums over iterations.
  struct Sums {
    std::int64_t iterations = 0;
    std::int64_t tokens = 0;    // speculative ones that were accepted included
    std::int64_t requests = 0;  // that an iteration gave tokens
  };

  // An iteration that ended at `end`, after those before, with so many requests in it and the tokens of all of them.
  void add(Picoseconds end, std::int64_t requests, std::int64_t tokens);

  // Of the iterations that ended in `window`.
  [[nodiscard]] Sums within(const Stretch& window) const;

  // Adds the pauses between two consecutive outputs of each finished request that was decoded here, in ms. An output is
  // what leaves at one time: the tokens of one iteration, or the first token where it comes from prefill.
  using IsHere = std::function<bool(const RequestRecord&)>;
  void add_pauses(FirstToken first_token, std::span<const RequestRecord> records, const IsHere& is_here,
                  sim::metrics::Histogram& pauses) const;

 private:
  [[nodiscard]] std::size_t index_of(std::int64_t end) const;

  std::vector<std::int64_t> ends_;      // [iteration], picoseconds
  std::vector<std::int64_t> requests_;  // [iteration]
  std::vector<std::int64_t> tokens_;    // [iteration]
};

}  // namespace cm::workloads

// Batch of a decode instance: requests join between iterations, get a token (and accepted speculative ones) in each,
// and leave after the one that gives them their last.
#pragma once

#include "workloads/serving/requests/in_flight.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cm::workloads {

class RunningBatch {
 public:
  struct Speculation {
    std::int64_t tokens = 0;  // an iteration, beside the certain one
    double acceptance = 0;    // probability that one is accepted after those before it were
  };

  RunningBatch(std::uint32_t dies, const Speculation& speculation);

  // Takes part from the next iteration on. Borrowed until it has left.
  void join(InFlight& request) { joining_.push_back(&request); }

  // Takes in those that have joined.
  void begin_iteration();
  // Gives every request its tokens; how many in all.
  std::int64_t end_iteration(Seconds now);
  // Takes out those that have all their tokens, in the order in which they joined.
  std::vector<InFlight*> take_finished();

  [[nodiscard]] bool is_empty() const { return running_.empty() && joining_.empty(); }
  // Requests that take part in an iteration, and tokens whose keys and values they hold:
  [[nodiscard]] std::size_t size() const { return running_.size(); }
  [[nodiscard]] std::int64_t kv_tokens() const { return kv_tokens_; }
  [[nodiscard]] double mean_kv_tokens() const
  {
    return static_cast<double>(kv_tokens_) / static_cast<double>(running_.size());
  }
  [[nodiscard]] std::int64_t on_busiest_die() const;  // requests

 private:
  std::int64_t advance(InFlight& request, Seconds now) const;

  Speculation speculation_;
  std::vector<std::int64_t> on_die_;  // [die]: requests that take part
  std::vector<InFlight*> joining_;
  std::vector<InFlight*> running_;
  std::int64_t kv_tokens_ = 0;
};

}  // namespace cm::workloads

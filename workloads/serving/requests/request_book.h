// Book of all requests of a run: which are in flight, what became of the others, and how many there were at a moment.
#pragma once

#include "workloads/serving/requests/in_flight.h"
#include "workloads/serving/requests/request_record.h"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace cm::workloads {

// Requests, at one moment. Those in flight are counted for themselves: arrived is the sum of the others, or one was
// lost.
struct Census {
  Seconds time;
  std::uint64_t arrived = 0;
  std::uint64_t refused = 0;
  std::uint64_t finished = 0;
  std::uint64_t in_flight = 0;
};

enum class Refusal : std::uint8_t { Context, Memory };

// Requests that no part of the service can hold.
struct Refusals {
  std::uint64_t context = 0;  // longer than the model's context
  std::uint64_t memory = 0;   // others, longer than a decode die's memory for keys and values
  std::int64_t longest = 0;   // tokens of prompt and answer
};

class RequestBook {
 public:
  // `expected`: requests that will arrive, at least one. `seed`: of the draws of each.
  RequestBook(std::uint64_t expected, std::uint64_t seed, FirstToken first_token);

  // A request arrives, is numbered, and is in flight until it is finished, or is refused.
  InFlight& admit(Request request, Seconds now);
  void refuse(const Request& request, Refusal reason, Seconds now);
  // A request has all its tokens and is no longer in flight; what it asked for, since its conversation may go on.
  Request finish(InFlight& request);

  [[nodiscard]] Census census(Seconds now) const;
  // Census at the last arrival of a run that has ended.
  [[nodiscard]] const Census& at_last_arrival() const { return at_last_arrival_; }
  // The last arrival, or the last token of a request when that is later.
  [[nodiscard]] Seconds last_event() const { return last_event_; }
  [[nodiscard]] const Refusals& refusals() const { return refusals_; }
  // [number], in order of arrival.
  [[nodiscard]] std::span<const RequestRecord> records() const { return records_; }
  [[nodiscard]] double arrived_share() const;  // of all that will arrive
  [[nodiscard]] bool is_done() const { return arrived_ == records_.size() && in_flight_.empty(); }

 private:
  std::uint64_t number_arrival();
  void note_last_arrival(Seconds now);

  std::uint64_t seed_;
  FirstToken first_token_;
  std::map<std::uint64_t, std::unique_ptr<InFlight>> in_flight_;  // [number]
  std::uint64_t arrived_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t finished_ = 0;
  Refusals refusals_;
  Census at_last_arrival_;
  Seconds last_event_;
  std::vector<RequestRecord> records_;  // [number]
};

}  // namespace cm::workloads

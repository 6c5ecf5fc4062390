// Limit that a service that cannot keep up waits for.
#pragma once

#include "sim/metrics/result.h"
#include "workloads/serving/instances/admission_queue.h"
#include "workloads/serving/requests/request_record.h"
#include "workloads/serving/serving_spec.h"
#include "workloads/serving_report/serving_verdict.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cm::workloads {

// A part of a request's way to its first decode iteration. Means over the first and the second half of the requests.
struct SlowPart {
  Milestone end = Milestone::Received;  // of the part
  double before = 0;                    // seconds
  double after = 0;
  bool grows = false;  // by more than a tenth of what the whole way takes
};

// The part that grew by most; when none grows, the longest: transfers that share a plane are all slow from the start.
// Empty when fewer than two requests finished.
std::optional<SlowPart> slow_part(std::span<const RequestRecord> records);

// The plane or stage that a part waits for, in words. Where requests wait for decode, it is what keeps them there long:
// the hand-over when it takes most of their time in decode.
std::string limit_name(const ServingSpec& spec, Milestone end, const DecodeWaits& waits,
                       std::span<const RequestRecord> records);

// The same of a decode that fills up; `room` is what it has too little of.
std::string decode_limit_name(const ServingSpec& spec, std::string_view room, const DecodeWaits& waits,
                              std::span<const RequestRecord> records);

// Loads that a service was measured under; empty where there is nothing to measure.
struct MeasuredLoads {
  std::optional<double> prefill_busy;  // share of the time
  std::optional<double> prefill_fill;  // of the largest batch
  RoomTaken decode;
  double dropped_blocks = 0;  // by the context cache
};

// One sentence: which of prefill, decode and context cache is at its limit, and the largest part of the time to first
// token. `overload`: the limit of a service that cannot keep up; empty otherwise.
std::string limit_sentence(const MeasuredLoads& loads, std::string_view overload, const sim::metrics::Result& result);

}  // namespace cm::workloads

// When a service that began empty is full: tokens of answers that requests have asked for and that have yet to leave.
//
// Latencies settle sooner than that: prefill is full with the first requests, while tokens leave at the rate at which
// they are asked for only when requests end as often as they begin. Statistics of rates that begin earlier are too low
// by what fills the service.
#pragma once

#include "workloads/serving/requests/request_record.h"

#include <span>

namespace cm::workloads {

// Share of the tokens that will be in flight in the long run which are in flight so long after the first arrival of a
// service that began empty, when requests like the finished ones of `records` arrive at a steady rate: 0 at the
// beginning, 1 when all of them would have ended. A token is in flight from the arrival of its request until it leaves;
// between the first and the last one of a request they leave evenly.
double share_in_flight(FirstToken first_token, std::span<const RequestRecord> records, Picoseconds after);

// The first request, of those from `settled` to half of all, that arrives when at least 95 % of the tokens of the long
// run are in flight, by requests like those from `settled` on; half of all when none does.
std::size_t full_from(FirstToken first_token, std::span<const RequestRecord> records, std::size_t settled);

}  // namespace cm::workloads

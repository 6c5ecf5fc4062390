// How many requests came before a run was steady, and whether it ever was.
#pragma once

#include "workloads/serving/requests/request_record.h"
#include "workloads/serving/serving_spec.h"

#include <span>
#include <string>

namespace cm::workloads {

struct WarmUp {
  std::size_t requests = 0;  // the first ones, which statistics leave out
  std::string rule;          // that said so, for the reader of a result
  std::string unsteady;      // why the others show no steady state; empty: they do, or cannot tell
  bool ttft_rises = false;   // over the others, significantly
};

// `warm_up` of the spec: a share, or found (MSER-5) on the time to first token and the time per output token: the later
// one counts. Without a steady part, a tenth is left out.
WarmUp warm_up_of(const ServingSpec& spec, std::span<const RequestRecord> records);

// Of a steady run whose warm-up was found, statistics leave out more where it takes longer until as many tokens are in
// flight as in the long run: the tokens that leave are then those that are asked for. At most half of the requests.
// Verdicts are about what comes behind the warm-up that latencies show.
void leave_out_filling(const ServingSpec& spec, std::span<const RequestRecord> records, WarmUp& warm_up);

}  // namespace cm::workloads

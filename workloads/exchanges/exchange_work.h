// Work of a rank in dispatch and combine, for the use of its die (models/compute/stage_use.h).
#pragma once

#include "models/compute/stage_use.h"
#include "workloads/exchanges/expert_exchange.h"

namespace cm::workloads {

struct ExchangeWorker {
  const models::DieSpec& die;
  ExchangeKind kind = ExchangeKind::Fused;
  const ExchangeSetup& setup;
};

// `spent`: from the start of the kernel to its end, waits included. Fused kernels keep their vector cores that long,
// unfused ones while they run. Rows to the rank itself cross no lane; flags and counts are left out.
models::StageWork dispatch_work(const ExchangeWorker& worker, const ExchangeTraffic& traffic, std::uint32_t rank,
                                Seconds spent);
// `tokens`: of the rank.
models::StageWork combine_work(const ExchangeWorker& worker, const ExchangeTraffic& traffic, std::uint32_t rank,
                               std::uint32_t tokens, Seconds spent);

}  // namespace cm::workloads

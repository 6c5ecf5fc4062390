// Use of a die by the stages of a layer: shares of its peaks over the time of the stage, from the accounts of
// operators (FLOPs, bytes, cores) and of exchanges (bytes). docs/how-to/read-a-result.md, "Use per stage".
//
//   FLOPs     time that all cube cores need for the FLOPs at the peak of their number format / time of the stage
//   AIC, AIV  cube or vector cores of an operator or a kernel * its time alone on the die / (all cores * that time)
//   HBM       bytes that operators read and write / (peak bandwidth * time of the stage)
//   lanes     bytes of rows that the die sends, or gets, over the fabric / (rate of all lanes * time of the stage)
#pragma once

#include "models/compute/roofline.h"
#include "sim/metrics/result.h"

#include <string>
#include <vector>

namespace cm::models {

// Work in one stage, of one die.
struct StageWork {
  Seconds cube_at_peak{};  // time that all cube cores need for it at their peak
  double cube_core_seconds = 0;
  double vector_core_seconds = 0;
  double memory_bytes = 0;
  double sent_bytes = 0;  // to other dies, framing left out
  double received_bytes = 0;

  StageWork& operator+=(const StageWork& more);
  [[nodiscard]] StageWork operator*(double factor) const;
};

// An operator holds the cores of the kind that it runs on.
StageWork work_of(const Operator& op, const DieSpec& die, const CoreShare& cores);

struct StageUse {
  std::string stage;
  Seconds time{};  // waits inside of it are part of it
  StageWork work;
};

// A row per stage, means of all dies, and one for the whole layer: the work of all stages of all `microbatches`, which
// run at the same time, over `layer`. `lanes`: of a die, all together. Stages without time are left out.
sim::metrics::Table use_per_stage(const std::vector<StageUse>& stages, Seconds layer, int microbatches,
                                  const DieSpec& die, BytesPerSecond lanes);

inline constexpr const char* UsePerStage = "use_per_stage";

}  // namespace cm::models

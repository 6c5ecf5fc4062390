// Service levels that `--find-capacity` has to hold.
#pragma once

#include "tools/results/run_health.h"

#include <string>

namespace cm::tools {

struct ServiceLevels {
  std::string ttft;  // a time as typed, like "2s"
  std::string tpot;
  double share = UsualAttainment;  // of the requests that must hold both
};

// "slo.ttft=2s,slo.tpot=50ms", with "share=99%" at will. Throws ConfigError with everything that is wrong, each as
// "--find-capacity:1:COLUMN: ...".
ServiceLevels parse_service_levels(const std::string& text);

}  // namespace cm::tools

// A small result with something of everything.
#pragma once

#include "tools/runner/run.h"

namespace cm::tests {

inline tools::FinishedRun answer_example()
{
  using sim::metrics::Better;
  tools::FinishedRun run{.title = {"decode", "small", "tiny"}, .result = {}};
  run.result.manifest.configuration_digest = "0123456789abcdef";
  run.result.manifest.seed = 7;
  run.result.manifest.evidence_counts = {{"assumed", 2}, {"measured", 0}, {"published", 3}};
  run.result.manifest.assumed = {"machine.a = 1: why", "machine.b = 2 = 2: why"};
  run.result.tables = {{std::string(tools::UncertainNumbers),
                        "all",
                        {"number", "value", "evidence", "from", "to", "source"},
                        {{"machine.b", {"2 = 2", "assumed", "", "", "why"}},
                         {"machine.a", {"1", "assumed", "1", "2", "why"}},
                         {"machine.c", {"5 us", "calibrated", "1 us", "9 us", "Table 1"}}}}};
  run.result.add({"tpot_ms", "ms", Better::Lower, "time of a token", "iteration / tokens"}, 49.4123);
  run.result.add({"tokens_per_s_per_npu", "1/s", Better::Higher, "rate of an NPU", "batch / tpot_ms"}, 1943.2,
                 "96 / 49 ms");
  run.result.answer = {.headline = {{"tpot_ms", "time per output token"},
                                    {"tokens_per_s_per_npu", "output tokens per NPU"},
                                    {"wait_p50_us", "wait"},
                                    {"wait_p99_us", "wait"}},
                       .standings = {{"fits", "3.00 of 64.00 GB of HBM on the fullest die"}},
                       .limit = "The largest part of the time of a layer is attention, 75.0 % of 100 us."};
  run.result.breakdown = {{"attention", 75, "us"}, {"dispatch", 25, "us"}};
  sim::metrics::Histogram histogram("us");
  histogram.record(2);
  run.result.histograms.push_back({"wait_us", histogram});
  run.result.warnings = {"a queue is long"};
  return run;
}

}  // namespace cm::tests

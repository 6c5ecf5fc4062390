// Results as runs and points leave them behind, written by the program's own code.
#pragma once

#include "sim/metrics/result.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/decode/decode_metric_table.h"

#include <fmt/format.h>

#include <string>

namespace cm::tests {

struct SmallResult {
  double tpot_ms = 50;
  double tokens_per_s = 2000;
  double attention_us = 600;
  double dispatch_us = 100;
  double hops = 1000;
  double slowest_us = 4;  // of the histogram
};

inline sim::metrics::Result to_result(const SmallResult& small)
{
  sim::metrics::Result result;
  result.manifest.configuration_digest = "0123";
  result.manifest.assumed = {"machine.ub.mtu = 8 KiB: a guess"};
  result.add(workloads::DecodeMetrics["tpot_ms"], small.tpot_ms);
  result.add(workloads::DecodeMetrics["tokens_per_s_per_npu"], small.tokens_per_s);
  result.add(workloads::DecodeMetrics["port_hops"], small.hops);
  result.breakdown = {{"attention", small.attention_us, "us"}, {"dispatch", small.dispatch_us, "us"}};
  result.lanes = {{"sub-plane 0", 50, "%"}, {"sub-plane 1", 50, "%"}};
  sim::metrics::Histogram histogram("us");
  histogram.record(2, 90);
  histogram.record(small.slowest_us, 10);
  result.histograms.push_back({.name = "wait_us", .values = histogram, .better = cm::sim::metrics::Better::Lower});
  return result;
}

inline std::string result_json(const SmallResult& small = {})
{
  return to_json(to_result(small));
}

// A point of a sweep: the head of a point in front of what a result holds.
inline std::string point_json(int ep, const std::string& status, const SmallResult& small = {})
{
  const std::string head = fmt::format(
      R"({{"schema": "cmsim-point/1", "point": {{"base": "ep", "scenario": "ep.yaml", "axes": {{"workload.ep": "{}"}},
          "seed": 1, "digest": "00", "status": "{}", "reason": "{}"}})",
      ep, status, status == "done" ? "" : "does not fit the HBM");
  const std::string body = result_json(small);
  const std::string schema = R"("schema": "cmsim-result/1")";
  return status == "done" ? head + body.substr(body.find(schema) + schema.size()) : head + "}";
}

}  // namespace cm::tests

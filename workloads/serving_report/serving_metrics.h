// The numbers of a serving run that is over, beside its histograms and its verdict.
#pragma once

#include "workloads/serving/service.h"
#include "workloads/serving_report/measurements.h"

namespace cm::workloads {

// All borrowed.
struct ServingOutcome {
  const ServingSpec& spec;
  const models::ModelSpec& model;
  const models::MachineSpec& machine;
  const Service& service;
  const IterationCells& cells;
  const Measurements& measured;
  std::size_t warm_up = 0;  // requests
};

// Checks that no request and no byte was lost.
void add_metrics(const ServingOutcome& outcome, sim::metrics::Result& result);

}  // namespace cm::workloads

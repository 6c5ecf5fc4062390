// Gaps between arrivals, with a mean of 1: whoever draws them divides by a rate.
#pragma once

#include "sim/random/random_stream.h"

namespace cm::workloads {

double exponential_gap(sim::RandomStream& random);
// Shape above 0; the coefficient of variation is 1 / sqrt(shape).
double gamma_gap(double shape, sim::RandomStream& random);
// Shape above 0; 1 is exponential, less is burstier.
double weibull_gap(double shape, sim::RandomStream& random);

}  // namespace cm::workloads

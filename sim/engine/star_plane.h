// A network that SimGrid's own flow model simulates, described without SimGrid.
#pragma once

#include "sim/units/quantity.h"

#include <string>
#include <vector>

namespace cm::sim::engine {

// Endpoints around one non-blocking switch: each has an up and a down link; flows share them max-min fairly.
struct StarPlaneSpec {
  struct Endpoint {
    std::string name;
    BytesPerSecond up;
    BytesPerSecond down;
  };

  std::string name;
  std::vector<Endpoint> endpoints;
  Seconds latency;  // from endpoint to endpoint
};

}  // namespace cm::sim::engine

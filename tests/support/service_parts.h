// Parts of the service on the small machine, for tests that use one or two of them alone.
#pragma once

#include "sim/timeline/timeline.h"
#include "tests/support/small_service.h"
#include "workloads/serving/service.h"

namespace cm::tests {

struct ServiceParts {
  explicit ServiceParts(SmallService small = SmallService())
      : service(std::move(small)), spec(service.ready_spec()), supernode(service.machine.topology), store(""),
        cells({spec.decode, spec.decode_fabric, spec.prefill.deployment, spec.prefill_fabric},
              {service.model, service.machine, supernode, spec.cell_layers, SmallService::Seed}, store),
        rows(&timeline, spec), planes(spec, service.machine, engine)
  {
  }

  SmallService service;
  workloads::ServingSpec spec;
  topology::Supernode supernode;
  workloads::CellStore store;
  workloads::IterationCells cells;
  sim::timeline::Timeline timeline;
  workloads::ServingTimeline rows;
  sim::engine::Engine engine;  // the process's one
  workloads::Planes planes;
};

inline workloads::InFlight asking(std::int64_t input, std::int64_t output, std::uint64_t number = 0)
{
  return {{.arrival = {}, .input_tokens = input, .output_tokens = output, .blocks = {}}, number, SmallService::Seed};
}

}  // namespace cm::tests

// From the description of a machine to something that runs: ports, operators and engines of the endpoints. The one
// place where workloads build a data plane, so what holds for every one of them is said here.
#pragma once

#include "models/network/machine.h"
#include "sim/engine/engine.h"
#include "sim/streams/data_plane.h"
#include "topology/supernode/supernode.h"

#include <cstdint>
#include <functional>
#include <string>

namespace cm::workloads {

// Share of their lanes, above 0 and up to 1, that is left to some dies; the rest carries other traffic. No dies: all
// lanes are whole.
struct LaneShare {
  std::uint32_t first_die = 0;
  std::uint32_t dies = 0;
  double share = 1;
};

class LiveMachine {
 public:
  // Everything is read here only. `supernode` was built from machine.topology.
  LiveMachine(const models::MachineSpec& machine, const topology::Supernode& supernode, std::uint64_t seed,
              const LaneShare& lanes = {});
  LiveMachine(const LiveMachine&) = delete;
  LiveMachine& operator=(const LiveMachine&) = delete;

  [[nodiscard]] sim::streams::DataPlane& plane() { return plane_; }
  [[nodiscard]] const models::EndpointEngines& engines() const { return engines_; }
  // Ports of the machine, numbered as in the fabric.
  [[nodiscard]] const sim::fabric::NetworkSpec& network() const { return spec_.network; }

  // Runs without SimGrid: starts what is given and works off events until none is left or a signal is raised.
  template <typename Startable>
  void run_alone(Startable& startable)
  {
    startable.start();
    plane_.run(sim::calendar::Calendar::Never - 1);
  }

 private:
  sim::streams::DataPlaneSpec spec_;
  sim::streams::DataPlane plane_;
  models::EndpointEngines engines_;
};

// A live machine under SimGrid; at most one a process.
class MachineRun {
 public:
  // The machine is borrowed and outlives the run.
  explicit MachineRun(LiveMachine& machine);

  [[nodiscard]] sim::streams::Signal new_signal() { return engine_.new_signal(); }

  // Runs one actor to its end. Throws as sim::engine::Engine::run() does.
  void run(const std::string& actor, std::function<void(sim::engine::Control&)> body);

  // Runs an actor that starts what is given and waits until `done` is raised.
  template <typename Startable>
  void run(const std::string& actor, Startable& startable, sim::streams::Signal done)
  {
    run(actor, [&](sim::engine::Control& control) {
      control.synchronise();
      startable.start();
      control.wait(done);
    });
  }

 private:
  sim::engine::Engine engine_;
};

}  // namespace cm::workloads

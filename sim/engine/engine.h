// One run on SimGrid: actors for control, star-shaped planes of SimGrid's own flows (RDMA, VPC, storage), and the data
// plane as the one run-ahead kernel model. Nothing outside this folder knows SimGrid. One engine per process.
#pragma once

#include "sim/engine/star_plane.h"
#include "sim/streams/data_plane.h"
#include "sim/units/quantity.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cm::sim::engine {

class Engine;

// Operations that an actor may perform. Handed to its body; valid only inside it.
class Control {
 public:
  explicit Control(Engine& engine) : engine_(engine) {}

  [[nodiscard]] Seconds now() const;
  void sleep(Seconds duration);
  // Blocks until the bytes have crossed the plane: SimGrid's flow model.
  void transfer(std::size_t plane, std::size_t from, std::size_t to, Bytes amount);
  // Starts all the transfers at once and blocks until the last has ended; the completion time of each.
  struct Transfer {
    std::size_t from;
    std::size_t to;
    Bytes amount;
  };
  std::vector<Seconds> transfer_all(std::size_t plane, const std::vector<Transfer>& transfers);
  // Blocks until the data plane raises the signal.
  void wait(streams::Signal signal);
  // Whether all other actors have ended.
  [[nodiscard]] bool is_alone() const;
  // Brings the data plane's clock to this moment: to be called before starting things on it from an actor.
  void synchronise();

 private:
  Engine& engine_;
};

class Engine {
 public:
  Engine();
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // The index of the plane for Control::transfer.
  std::size_t add_plane(const StarPlaneSpec& spec);
  // From now on, for flows that are under way too.
  void set_rate(std::size_t plane, std::size_t endpoint, BytesPerSecond up, BytesPerSecond down);
  // The data plane is borrowed and outlives the run. At most one.
  void carry(streams::DataPlane& plane);
  streams::Signal new_signal();
  void spawn(const std::string& name, std::function<void(Control&)> body);

  // Runs to the end. Rethrows the first exception that an actor let escape; throws SimulationError when actors are left
  // waiting for something that cannot happen any more.
  void run();

  // The engine's settings, for the manifest of a result.
  static std::map<std::string, std::string> settings();

 private:
  friend class Control;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace cm::sim::engine

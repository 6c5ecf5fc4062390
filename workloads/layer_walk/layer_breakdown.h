// Where the time of a microbatch in a layer goes, and what its die does meanwhile: means over ranks, microbatches and
// layers.
#pragma once

#include "models/compute/stage_use.h"
#include "sim/units/quantity.h"
#include "workloads/layer_walk/layer_program.h"

#include <array>
#include <cstdint>

namespace cm::workloads {

// Unit of the times that a breakdown adds up.
struct BreakdownUnit {
  double per_picosecond = 1e-6;
  double seconds = 1e-6;

  [[nodiscard]] double of(Picoseconds time) const { return static_cast<double>(time.count()) * per_picosecond; }
};

class LayerBreakdown {
 public:
  void add_time(std::uint8_t stage, double time) { times_[stage] += time; }
  void add_work(std::uint8_t stage, const models::StageWork& work) { work_[stage] += work; }
  void count_layer() { ++layers_; }

  // Ways of one microbatch of one rank through one layer.
  [[nodiscard]] std::uint64_t layers() const { return layers_; }

  // Means over the layers counted; zero before the first.
  template <typename Stage>
  [[nodiscard]] double time(Stage stage) const
  {
    return times_.at(static_cast<std::size_t>(stage)) / divisor();
  }
  template <typename Stage>
  [[nodiscard]] models::StageWork work(Stage stage) const
  {
    return work_.at(static_cast<std::size_t>(stage)) * (1 / divisor());
  }

 private:
  [[nodiscard]] double divisor() const { return layers_ > 0 ? static_cast<double>(layers_) : 1; }

  std::array<double, MostStages> times_{};
  std::array<models::StageWork, MostStages> work_{};
  std::uint64_t layers_ = 0;
};

}  // namespace cm::workloads

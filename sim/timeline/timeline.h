// Timeline of a run: slices on tracks, arrows between slices, counters. A workload records it for a few of its actors,
// an operator or a kernel at a time, never a packet; the program writes it once, at the end (trace_json.h). Nothing
// that is recorded changes the run.
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cm::sim::timeline {

using TrackIndex = std::uint32_t;
using CounterIndex = std::uint32_t;

// A named number that is shown with a slice. Keys are literals.
struct Argument {
  std::string_view key;
  std::int64_t value = 0;

  friend bool operator==(const Argument&, const Argument&) = default;
};

struct Slice {
  TrackIndex track = 0;
  std::string name;
  Picoseconds start;
  Picoseconds end;
  std::vector<Argument> arguments;
};

enum class ArrowPoint : std::uint8_t { Start, Step, End };

struct Arrow {
  std::uint64_t id = 0;  // the same for all points of one arrow
  ArrowPoint point = ArrowPoint::Start;
  TrackIndex track = 0;
  Picoseconds at;  // inside a slice of the track
};

struct Sample {
  CounterIndex counter = 0;
  Picoseconds at;
  double value = 0;
};

class Timeline {
 public:
  struct Track {
    std::uint32_t process = 0;
    std::string name;
  };

  struct Counter {
    std::uint32_t process = 0;
    std::string name;
    std::string unit;
  };

  // Tracks and counters of one process are shown together; both appear in the order in which they were added.
  std::uint32_t add_process(std::string name);
  TrackIndex add_track(std::uint32_t process, std::string name);
  CounterIndex add_counter(std::uint32_t process, std::string name, std::string unit);

  // Slices of one track are apart from each other or one lies in the other. Throws SimulationError when one ends before
  // it starts.
  void add(Slice slice);
  void add(const Arrow& arrow) { arrows_.push_back(arrow); }
  void add(const Sample& sample) { samples_.push_back(sample); }

  [[nodiscard]] const std::vector<std::string>& processes() const { return processes_; }
  [[nodiscard]] const std::vector<Track>& tracks() const { return tracks_; }
  [[nodiscard]] const std::vector<Counter>& counters() const { return counters_; }
  [[nodiscard]] const std::vector<Slice>& slices() const { return slices_; }
  [[nodiscard]] const std::vector<Arrow>& arrows() const { return arrows_; }
  [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }

 private:
  std::vector<std::string> processes_;
  std::vector<Track> tracks_;
  std::vector<Counter> counters_;
  std::vector<Slice> slices_;
  std::vector<Arrow> arrows_;
  std::vector<Sample> samples_;
};

}  // namespace cm::sim::timeline

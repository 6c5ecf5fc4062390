// Where a series settles, and whether it does.
//
// The beginning of a simulation, which starts empty, is cut where the rest has the smallest squared standard error of
// its mean: MSER (White 1997, "An effective truncation heuristic for bias reduction in simulation output", Simulation
// 69:6), on means of five values each (MSER-5: White, Cobb and Spratt 2000). The cut is looked for in the first half:
// in the second, a calm stretch at the end of a series with heavy tails wins by chance.
//
// Whether the rest is steady is a question of its own: a straight line through ten means may not rise or fall by more
// than a tenth and by more than chance does once in a thousand times. A cut at the very end of the first half is what a
// series that never settles gets; there the line is drawn from the first tenth on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cm::workloads {

// The mean of every five values, in order. An incomplete last five is left out.
class BatchMeans {
 public:
  static constexpr std::size_t BatchLength = 5;

  // `number` rises from call to call: of the request that the value is from.
  void add(std::uint64_t number, double value);

  [[nodiscard]] std::span<const double> means() const { return means_; }
  [[nodiscard]] std::uint64_t first_number(std::size_t batch) const { return numbers_[batch]; }
  // The first batch without a value before `number`; the number of batches when there is none.
  [[nodiscard]] std::size_t batch_from(std::uint64_t number) const;

 private:
  std::vector<double> means_;           // [batch]
  std::vector<std::uint64_t> numbers_;  // [batch]: of its first value
  double sum_ = 0;
  std::size_t in_sum_ = 0;
};

// The MSER rule: how many leading values to leave out, of 0 to `most`; the fewest among equals. `most` is below the
// number of values.
std::size_t mser_cut(std::span<const double> values, std::size_t most);

// Fewer means than these say nothing.
inline constexpr std::size_t FewestMeans = 20;

struct Drift {
  double rise = 0;  // of a straight line, from the first to the last value / mean; negative: it falls
  bool is_significant = false;
};

// Fewer than ten values: no drift.
Drift drift_of(std::span<const double> values);

struct SteadyPart {
  std::size_t begin = 0;  // values before it are warm-up
  Drift drift;            // of the rest; significant: there is no steady part
};

// At least FewestMeans values. The part begins at `earliest` or later; in the first half, unless `earliest` does not.
SteadyPart steady_part_of(std::span<const double> values, std::size_t earliest = 0);

}  // namespace cm::workloads

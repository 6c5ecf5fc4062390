// Cost of one iteration or batch on an otherwise idle instance.
#pragma once

namespace cm::workloads {

struct Cell {
  double seconds = 0;
  double sent = 0;  // bytes that a die sends to the other dies, mean

  friend bool operator==(const Cell&, const Cell&) = default;
  friend Cell operator+(const Cell& a, const Cell& b) { return {a.seconds + b.seconds, a.sent + b.sent}; }
  friend Cell operator*(double factor, const Cell& cell) { return {factor * cell.seconds, factor * cell.sent}; }
};

}  // namespace cm::workloads

// A ServeGen archive as it is read: clients with windows of rates and histograms of lengths (servegen_file.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cm::workloads {

enum class ServeGenGaps { Exponential, Gamma, Weibull };

struct ServeGenWindow {
  double start = 0;  // seconds
  double end = 0;    // where the next one starts; the last one is as long as the one before it, a lone one 600 s
  double rate = 0;   // requests per second
  ServeGenGaps family = ServeGenGaps::Exponential;
  double shape = 1;
};

// Token counts and their cumulative shares, ascending; the last share is 1.
struct ServeGenHistogram {
  std::vector<std::int64_t> tokens;
  std::vector<double> up_to;

  // The count below which a share of the requests lies; `share` in [0, 1). Requires a histogram that is not empty.
  [[nodiscard]] std::int64_t at(double share) const;
};

struct ServeGenLengths {
  double start = 0;  // seconds
  ServeGenHistogram input;
  ServeGenHistogram output;
};

struct ServeGenClient {
  std::uint64_t number = 0;
  std::vector<ServeGenWindow> windows;   // ascending
  std::vector<ServeGenLengths> lengths;  // ascending, at least one, none of them empty

  // Lengths from the latest start at or before `time`; from the first start for an earlier time.
  [[nodiscard]] const ServeGenLengths& lengths_at(double time) const;
};

struct ServeGenArchive {
  std::vector<ServeGenClient> clients;  // those that send anything, by number
  std::uint64_t skipped = 0;            // damaged lines
};

// Throws ConfigError as open_servegen() does.
ServeGenArchive read_servegen(const std::string& path, bool skip_damaged_lines);

}  // namespace cm::workloads

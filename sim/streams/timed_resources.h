// Servers that data passes on its way besides the ports of the fabric: memory channels, buses, cards, storage devices.
//
// A server takes what comes in order of arrival. Its bandwidth is divided over channels; consecutive pieces of
// `interleave` bytes lie on consecutive channels, each of which is a clock ("busy until") like a port of the fabric, so
// that serving costs no event. Between what enters and what leaves lies the latency.
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>
#include <string>
#include <vector>

namespace cm::sim::streams {

struct ServerSpec {
  std::string name;
  std::uint32_t count = 1;  // equal servers of this kind
  int channels = 1;
  Bytes interleave{};      // only where there are channels
  BytesPerSecond rate{0};  // all channels of one server together; 0: unlimited
  Seconds latency{};
};

using ServerKind = std::uint32_t;

class TimedResources {
 public:
  ServerKind add(const ServerSpec& spec);

  struct Use {
    ServerKind kind = 0;
    std::uint32_t server = 0;  // below the kind's count
    std::uint64_t address = 0;
    Bytes bytes{};
    // The next station takes data as they come: it may start a latency after the last channel has started. Else it
    // starts when all of it is there.
    bool streams = false;
  };

  // When the next station may start with what enters at `now`. Calls come in order of time.
  Picoseconds serve(const Use& use, Picoseconds now);

  [[nodiscard]] const std::string& name(ServerKind kind) const { return kinds_[kind].spec.name; }
  [[nodiscard]] std::uint32_t kinds() const { return static_cast<std::uint32_t>(kinds_.size()); }
  // Time that the channels of the busiest server of a kind have been sending, as a mean over its channels.
  [[nodiscard]] Picoseconds busiest(ServerKind kind) const;
  void forget_busy_times();

 private:
  struct Kind {
    ServerSpec spec;
    double ps_per_byte = 0;  // of one channel
    std::int64_t latency = 0;
    std::vector<std::int64_t> free_at;  // [server * channels + channel]
    std::vector<std::int64_t> busy;     // [server]: sum over its channels
  };

  std::vector<Kind> kinds_;
};

}  // namespace cm::sim::streams

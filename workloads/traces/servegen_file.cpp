#include "workloads/traces/servegen_file.h"

#include "sim/diagnostics/errors.h"
#include "workloads/traces/arrival_gaps.h"
#include "workloads/traces/servegen_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace cm::workloads {
namespace {

double gap_of(const ServeGenWindow& window, sim::RandomStream& random)
{
  switch (window.family) {
  case ServeGenGaps::Exponential: return exponential_gap(random);
  case ServeGenGaps::Gamma: return gamma_gap(window.shape, random);
  case ServeGenGaps::Weibull: return weibull_gap(window.shape, random);
  }
  return 0;
}

// One client, from arrival to arrival. A gap that reaches into the next window goes on there at that window's rate.
class Client {
 public:
  Client(ServeGenClient spec, std::uint64_t seed)
      : spec_(std::move(spec)), gaps_(seed, "ServeGen arrivals", spec_.number),
        lengths_(seed, "ServeGen lengths", spec_.number)
  {
    if (!spec_.windows.empty())
      now_ = spec_.windows.front().start;
  }

  // Seconds; empty after the last window.
  std::optional<double> next_arrival()
  {
    while (window_ < spec_.windows.size()) {
      const ServeGenWindow& window = spec_.windows[window_];
      if (window.rate > 0) {
        if (!left_)
          left_ = gap_of(window, gaps_);
        const double room = (window.end - now_) * window.rate;
        if (*left_ <= room) {
          now_ += *left_ / window.rate;
          left_.reset();
          return now_;
        }
        *left_ -= room;
      }
      now_ = window.end;
      ++window_;
    }
    return std::nullopt;
  }

  // Request that arrives at the time that next_arrival() gave last.
  Request request()
  {
    const ServeGenLengths& lengths = spec_.lengths_at(now_);
    return {.arrival = Seconds(now_),
            .input_tokens = lengths.input.at(lengths_.uniform()),
            .output_tokens = lengths.output.at(lengths_.uniform()),
            .blocks = {}};
  }

 private:
  ServeGenClient spec_;
  sim::RandomStream gaps_;
  sim::RandomStream lengths_;
  std::size_t window_ = 0;
  double now_ = 0;
  std::optional<double> left_;  // of the gap that runs, in units of its mean
};

class ServeGenRequests final : public RequestSource {
 public:
  ServeGenRequests(ServeGenArchive archive, std::uint64_t seed) : skipped_(archive.skipped)
  {
    for (ServeGenClient& client : archive.clients)
      clients_.emplace_back(std::move(client), seed);
    for (std::size_t client = 0; client < clients_.size(); ++client)
      wait_for(client);
  }

  std::optional<Request> next() override
  {
    if (arrivals_.empty())
      return std::nullopt;
    const std::size_t client = arrivals_.top().second;
    arrivals_.pop();
    Request request = clients_[client].request();
    wait_for(client);
    return request;
  }

  [[nodiscard]] SourceCounts counts() const override { return {.skipped = skipped_}; }

 private:
  void wait_for(std::size_t client)
  {
    if (const auto arrival = clients_[client].next_arrival())
      arrivals_.emplace(*arrival, client);
  }

  using Arrival = std::pair<double, std::size_t>;  // when, and of which client
  std::vector<Client> clients_;
  std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> arrivals_;
  std::uint64_t skipped_;
};

}  // namespace

std::unique_ptr<RequestSource> open_servegen(const std::string& path, std::uint64_t seed, bool skip_damaged_lines)
{
  return std::make_unique<ServeGenRequests>(read_servegen(path, skip_damaged_lines), seed);
}

}  // namespace cm::workloads

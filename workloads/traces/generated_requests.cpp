#include "workloads/traces/generated_requests.h"

#include "sim/random/random_stream.h"
#include "workloads/traces/arrival_gaps.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace cm::workloads {
namespace {

// Requests that a later one may continue: the most recent ones.
constexpr std::size_t OpenConversations = 256;
// Ids of the blocks of common prompts start here, those of all others at zero.
constexpr std::uint64_t RootIds = 1ULL << 62U;

class GeneratedRequests final : public RequestSource {
 public:
  GeneratedRequests(const GeneratedRequestsSpec& spec, std::uint64_t seed)
      : spec_(spec), gaps_(seed, "arrivals"), lengths_(seed, "request lengths"), prefixes_(seed, "prefixes")
  {
  }

  std::optional<Request> next() override
  {
    if (made_ == spec_.requests)
      return std::nullopt;
    ++made_;
    now_ += Seconds(gap());
    Request request{
        .arrival = now_, .input_tokens = draw(spec_.input), .output_tokens = draw(spec_.output), .blocks = {}};
    share_prefix(request);
    const auto blocks = static_cast<std::size_t>((request.input_tokens + spec_.block_tokens - 1) / spec_.block_tokens);
    while (request.blocks.size() < blocks)
      request.blocks.push_back(fresh_++);
    request.blocks.resize(blocks);
    open_.push_back(request);
    if (open_.size() > OpenConversations)
      open_.pop_front();
    return request;
  }

  [[nodiscard]] std::uint64_t skipped() const override { return 0; }

 private:
  double gap()
  {
    switch (spec_.arrivals) {
    case Arrivals::Poisson: return exponential_gap(gaps_) / spec_.rate;
    case Arrivals::Gamma: return gamma_gap(1.0 / (spec_.variation * spec_.variation), gaps_) / spec_.rate;
    case Arrivals::Bursts: return burst_gap();
    }
    return 0;
  }

  // Poisson at burst_factor times the rate inside bursts and none between them; bursts take 1 / burst_factor of the
  // time.
  double burst_gap()
  {
    double waited = 0;
    double wanted = exponential_gap(gaps_) / (spec_.rate * spec_.burst_factor);
    while (wanted > burst_left_) {
      wanted -= burst_left_;
      waited += burst_left_ + exponential_gap(gaps_) * spec_.burst_length.count() * (spec_.burst_factor - 1);
      burst_left_ = exponential_gap(gaps_) * spec_.burst_length.count();
    }
    burst_left_ -= wanted;
    return waited + wanted;
  }

  std::int64_t draw(const LengthSpec& length)
  {
    const double sigma = length.sigma;
    const double tokens =
        sigma == 0 ? length.mean : length.mean * std::exp(sigma * lengths_.normal() - 0.5 * sigma * sigma);
    return std::clamp<std::int64_t>(std::llround(tokens), 1, length.most);
  }

  void share_prefix(Request& request)
  {
    const bool follows = prefixes_.uniform() < spec_.follow_up;
    if (follows && !open_.empty()) {
      const Request& earlier = open_[prefixes_.below(static_cast<std::uint32_t>(open_.size()))];
      const std::int64_t context = earlier.input_tokens + earlier.output_tokens;
      if (context + request.input_tokens <= spec_.input.most) {
        request.blocks.assign(earlier.blocks.begin(),
                              earlier.blocks.begin() + earlier.input_tokens / spec_.block_tokens);
        request.input_tokens += context;
        return;
      }
    }
    if (spec_.roots == 0)
      return;
    const std::uint64_t root = prefixes_.below(static_cast<std::uint32_t>(spec_.roots));
    // The last block of a prompt holds its end and is its own.
    const std::int64_t shared = std::min(spec_.root_tokens, request.input_tokens - 1) / spec_.block_tokens;
    for (std::int64_t block = 0; block < shared; ++block)
      request.blocks.push_back(RootIds + (root << 32U) + static_cast<std::uint64_t>(block));
  }

  GeneratedRequestsSpec spec_;
  sim::RandomStream gaps_;
  sim::RandomStream lengths_;
  sim::RandomStream prefixes_;
  std::int64_t made_ = 0;
  Seconds now_;
  double burst_left_ = 0;
  std::uint64_t fresh_ = 0;
  std::deque<Request> open_;
};

}  // namespace

std::unique_ptr<RequestSource> generate_requests(const GeneratedRequestsSpec& spec, std::uint64_t seed)
{
  return std::make_unique<GeneratedRequests>(spec, seed);
}

}  // namespace cm::workloads

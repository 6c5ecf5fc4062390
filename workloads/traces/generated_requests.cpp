#include "workloads/traces/generated_requests.h"

#include "workloads/traces/arrival_gaps.h"
#include "workloads/traces/conversations.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace cm::workloads {
namespace {

// Ids of the blocks of conversations start at zero, those of common prompts and of the ends of prompts here.
constexpr std::uint64_t RootIds = 1ULL << 62U;
constexpr std::uint64_t EndIds = 1ULL << 63U;
// Ids of one conversation, or one common prompt, follow each other: more than blocks of a prompt of 10^7 tokens.
constexpr unsigned BlockBits = 20;

class GeneratedRequests final : public RequestSource {
 public:
  GeneratedRequests(const GeneratedRequestsSpec& spec, std::uint64_t seed)
      : spec_(spec), gaps_(seed, "arrivals"), lengths_(seed, "request lengths"), conversations_(spec_, seed),
        known_roots_(static_cast<std::size_t>(spec.roots))
  {
  }

  std::optional<Request> next() override
  {
    if (made_ == spec_.requests)
      return std::nullopt;
    now_ += Seconds(gap());
    const std::int64_t own_tokens = draw_length(spec_.input, lengths_);
    const std::int64_t output_tokens = draw_length(spec_.output, lengths_);
    const auto due = conversations_.take_due(now_, own_tokens);
    Conversation conversation = due ? *due : conversations_.begin(own_tokens);
    conversation.tokens += own_tokens;
    Request request{.arrival = now_,
                    .input_tokens = conversation.tokens,
                    .output_tokens = output_tokens,
                    .blocks = blocks_of(conversation),
                    .known_blocks = known_blocks(conversation)};
    conversation.known_tokens = 0;
    conversation.tokens += output_tokens;
    conversations_.go_on(conversation, now_, output_tokens);
    ++made_;
    return request;
  }

  [[nodiscard]] SourceCounts counts() const override { return {}; }

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

  // Blocks of a prompt that is all tokens of the conversation so far.
  [[nodiscard]] std::vector<std::uint64_t> blocks_of(const Conversation& conversation) const
  {
    std::vector<std::uint64_t> blocks;
    const std::int64_t full = conversation.tokens / spec_.block_tokens;
    for (std::int64_t block = 0; block < full; ++block) {
      const bool is_root = block < conversation.root_blocks;
      blocks.push_back((is_root ? RootIds + (conversation.root << BlockBits) : conversation.number << BlockBits) +
                       static_cast<std::uint64_t>(block));
    }
    // A block that is not full is another one when the next turn has filled it.
    if (conversation.tokens % spec_.block_tokens > 0)
      blocks.push_back(EndIds + static_cast<std::uint64_t>(made_));
    return blocks;
  }

  // A common prompt was there before the run, as the conversations were that are going on.
  std::size_t known_blocks(const Conversation& conversation)
  {
    std::int64_t known = conversation.known_tokens / spec_.block_tokens;
    if (conversation.root_blocks > 0 && !known_roots_[conversation.root]) {
      known_roots_[conversation.root] = true;
      known = std::max(known, conversation.root_blocks);
    }
    return static_cast<std::size_t>(known);
  }

  GeneratedRequestsSpec spec_;
  sim::RandomStream gaps_;
  sim::RandomStream lengths_;
  Conversations conversations_;
  std::vector<bool> known_roots_;  // [root]: that a request has begun with
  std::int64_t made_ = 0;
  Seconds now_;
  double burst_left_ = 0;
};

}  // namespace

std::int64_t draw_length(const LengthSpec& length, sim::RandomStream& random)
{
  const double sigma = length.sigma;
  const double tokens =
      sigma == 0 ? length.mean : length.mean * std::exp(sigma * random.normal() - 0.5 * sigma * sigma);
  return std::clamp<std::int64_t>(std::llround(tokens), 1, length.most);
}

std::unique_ptr<RequestSource> generate_requests(const GeneratedRequestsSpec& spec, std::uint64_t seed)
{
  return std::make_unique<GeneratedRequests>(spec, seed);
}

}  // namespace cm::workloads

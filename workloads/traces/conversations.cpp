#include "workloads/traces/conversations.h"

#include "workloads/traces/arrival_gaps.h"

#include <algorithm>
#include <limits>

namespace cm::workloads {

Conversations::Conversations(const GeneratedRequestsSpec& spec, std::uint64_t seed)
    : spec_(spec), prefixes_(seed, "prefixes"), thoughts_(seed, "think times"), earlier_(seed, "earlier conversations"),
      next_earlier_(gap_between_turns())
{
}

std::optional<Conversation> Conversations::take_due(Seconds now, std::int64_t own_tokens)
{
  add_earlier(now);
  while (!waiting_.empty() && waiting_.top().due <= now) {
    const Conversation conversation = waiting_.top().conversation;
    waiting_.pop();
    if (conversation.tokens + own_tokens <= spec_.input.most)
      return conversation;
  }
  return std::nullopt;
}

Conversation Conversations::begin(std::int64_t prompt_tokens)
{
  return begin(prompt_tokens, prefixes_);
}

Conversation Conversations::begin(std::int64_t prompt_tokens, sim::RandomStream& random)
{
  Conversation conversation{.number = begun_++};
  if (spec_.roots > 0) {
    conversation.root = random.below(static_cast<std::uint32_t>(spec_.roots));
    // The last block of a prompt holds its end and is its own.
    conversation.root_blocks = std::min(spec_.root_tokens, prompt_tokens - 1) / spec_.block_tokens;
  }
  return conversation;
}

void Conversations::go_on(const Conversation& conversation, Seconds now, std::int64_t output_tokens)
{
  if (prefixes_.uniform() < spec_.follow_up)
    waiting_.push({now + delay(output_tokens, thoughts_), conversation});
}

Seconds Conversations::delay(std::int64_t output_tokens, sim::RandomStream& random) const
{
  return spec_.answer_token_time * static_cast<double>(output_tokens) + spec_.think_time * exponential_gap(random);
}

Seconds Conversations::gap_between_turns()
{
  if (spec_.follow_up <= 0)
    return Seconds(std::numeric_limits<double>::infinity());
  return Seconds(exponential_gap(earlier_) / (spec_.rate * spec_.follow_up));
}

// Adds the turns whose delay began before the run, among turns that fall due at their long-run rate.
void Conversations::add_earlier(Seconds now)
{
  for (; next_earlier_ <= now; next_earlier_ += gap_between_turns()) {
    const std::int64_t output_tokens = draw_length(spec_.output, earlier_);
    if (delay(output_tokens, earlier_) > next_earlier_)
      waiting_.push({next_earlier_, earlier(output_tokens)});
  }
}

// After as many turns as a conversation that goes on has behind it: one, and one more with probability `follow_up`.
Conversation Conversations::earlier(std::int64_t last_output_tokens)
{
  const std::int64_t first = draw_length(spec_.input, earlier_);
  Conversation conversation = begin(first, earlier_);
  conversation.known_tokens = first;
  while (earlier_.uniform() < spec_.follow_up) {
    const std::int64_t answer = draw_length(spec_.output, earlier_);
    const std::int64_t prompt = conversation.known_tokens + answer + draw_length(spec_.input, earlier_);
    if (prompt > spec_.input.most)
      break;
    conversation.known_tokens = prompt;
  }
  conversation.tokens = conversation.known_tokens + last_output_tokens;
  return conversation;
}

}  // namespace cm::workloads

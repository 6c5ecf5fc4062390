// Conversations of generated requests: which one a request continues, and when.
//
// A request is followed by another turn of its conversation with probability `follow_up`. The turn is due when the
// answer exists (its tokens times `answer_token_time`) and its user has thought (exponential with mean `think_time`),
// and takes the first arrival from then on: turns change nothing of how arrivals are spread, and `follow_up` of all
// requests are such turns, whatever the rate.
//
// The run begins in the midst of this. Turns fall due at one rate from the start; those whose delay reaches back behind
// it belong to conversations that began before, with as many turns behind them as chance gives. The service has seen
// those (Request::known_blocks). Else a run that is short beside the delay would hold hardly any turn, and a higher
// rate would look like one with less to share.
#pragma once

#include "sim/random/random_stream.h"
#include "workloads/traces/generated_requests.h"

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace cm::workloads {

struct Conversation {
  std::uint64_t number = 0;
  std::uint64_t root = 0;         // the common prompt that it begins with
  std::int64_t root_blocks = 0;   // of it, that the first prompt holds
  std::int64_t tokens = 0;        // of all prompts and answers so far
  std::int64_t known_tokens = 0;  // of the last prompt before the run, when no turn of it was in the run yet
};

class Conversations {
 public:
  // The spec is borrowed and outlives this.
  Conversations(const GeneratedRequestsSpec& spec, std::uint64_t seed);

  // The conversation whose turn has been due longest and has room for `own_tokens` more; empty when there is none.
  // Those without room have ended. Call it with the arrivals in order.
  std::optional<Conversation> take_due(Seconds now, std::int64_t own_tokens);

  // A new one whose first prompt has so many tokens.
  Conversation begin(std::int64_t prompt_tokens);

  // After a request of it that arrived now: whether there will be another turn is drawn.
  void go_on(const Conversation& conversation, Seconds now, std::int64_t output_tokens);

 private:
  struct Waiting {
    Seconds due;
    Conversation conversation;

    friend bool operator>(const Waiting& a, const Waiting& b)
    {
      return a.due != b.due ? a.due > b.due : a.conversation.number > b.conversation.number;
    }
  };

  Conversation begin(std::int64_t prompt_tokens, sim::RandomStream& random);
  Seconds delay(std::int64_t output_tokens, sim::RandomStream& random) const;
  void add_earlier(Seconds now);
  Conversation earlier(std::int64_t last_output_tokens);
  Seconds gap_between_turns();

  const GeneratedRequestsSpec& spec_;
  sim::RandomStream prefixes_;
  sim::RandomStream thoughts_;
  sim::RandomStream earlier_;  // all draws of conversations from before the run
  Seconds next_earlier_;       // when one of these may be due
  std::uint64_t begun_ = 0;
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting_;
};

}  // namespace cm::workloads

// Requests for runs without a trace: arrivals with a given burstiness, log-normal lengths, and prompts that share
// prefixes as a tree: some begin with one of a few common prompts, some are later turns of conversations
// (conversations.h).
#pragma once

#include "sim/random/random_stream.h"
#include "workloads/traces/request.h"

#include <memory>

namespace cm::workloads {

enum class Arrivals { Poisson, Gamma, Bursts };

struct LengthSpec {
  double mean = 0;   // tokens
  double sigma = 0;  // of the logarithm; 0: all are equal
  std::int64_t most = 0;

  friend bool operator==(const LengthSpec&, const LengthSpec&) = default;
};

struct GeneratedRequestsSpec {
  std::int64_t requests = 0;
  double rate = 0;  // per second
  Arrivals arrivals = Arrivals::Poisson;
  double variation = 1;               // coefficient of variation of the gaps, of gamma arrivals
  double burst_factor = 4;            // of bursts: rate inside one over the mean rate
  Seconds burst_length = Seconds(0);  // of bursts: mean
  LengthSpec input;
  LengthSpec output;
  std::int64_t block_tokens = 128;
  std::int64_t roots = 0;           // common prompts; 0: none
  std::int64_t root_tokens = 0;     // whole blocks of it are shared, as far as the prompt is longer
  double follow_up = 0;             // share of requests that are a later turn: all prompts and answers so far, and more
  Seconds think_time = Seconds(0);  // from an answer's end to the next turn: mean, exponential
  Seconds answer_token_time =
      Seconds(0);  // that each token of an answer is taken to need before the next turn can come

  friend bool operator==(const GeneratedRequestsSpec&, const GeneratedRequestsSpec&) = default;
};

// Log-normal, cut at `most`, at least 1.
std::int64_t draw_length(const LengthSpec& length, sim::RandomStream& random);

// Equal spec and seed give equal requests. What is kept are the conversations that wait for their next turn, so memory
// grows with rate times delay, not with the number of requests.
std::unique_ptr<RequestSource> generate_requests(const GeneratedRequestsSpec& spec, std::uint64_t seed);

}  // namespace cm::workloads

// The prompts that an instance works on at a time, and what they come to.
#pragma once

#include <cstdint>
#include <vector>

namespace cm::workloads {

// A prompt, or a part of one. Its new tokens attend to the cached ones and to each other, causally. Cached tokens are
// in the memory of the instance's dies when the batch starts: taken from a context cache, or left by an earlier part.
struct Prompt {
  std::int64_t new_tokens = 0;
  std::int64_t cached_tokens = 0;

  friend bool operator==(const Prompt&, const Prompt&) = default;
};

using PrefillBatch = std::vector<Prompt>;

// Work of a microbatch of the whole instance in every layer.
struct PrefillLoad {
  std::int64_t tokens = 0;           // new ones
  std::int64_t cached_tokens = 0;    // whose latents are gathered and projected up again
  std::int64_t query_key_pairs = 0;  // sum over the new tokens of the tokens that they attend to

  friend bool operator==(const PrefillLoad&, const PrefillLoad&) = default;
};

PrefillLoad operator+(const PrefillLoad& a, const PrefillLoad& b);
PrefillLoad operator-(const PrefillLoad& a, const PrefillLoad& b);
// A prompt without new tokens comes to nothing.
PrefillLoad load_of(const Prompt& prompt);
// In proportion, to whole tokens and pairs.
PrefillLoad part_of(const PrefillLoad& load, double share);

// The packed sequence cut into `parts` of equal length (the first ones take the odd tokens). A prompt that is cut
// attends in its later part to the keys and values that the earlier one has left. Parts without tokens are left out.
std::vector<PrefillLoad> cut(const PrefillBatch& batch, int parts);

// Batches of at most `limit` new tokens, in order. A prompt that does not fit is cut; its later part finds the earlier
// one cached. Requires a limit above 0.
std::vector<PrefillBatch> chunks(const PrefillBatch& prompts, std::int64_t limit);

std::int64_t new_tokens(const PrefillBatch& batch);

}  // namespace cm::workloads

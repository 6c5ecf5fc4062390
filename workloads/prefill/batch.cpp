#include "workloads/prefill/batch.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <cmath>

namespace cm::workloads {
namespace {

// Query-key pairs of `tokens` in a row, the first of which finds `before` tokens in front of it.
std::int64_t causal_pairs(std::int64_t tokens, std::int64_t before)
{
  return tokens * before + tokens * (tokens + 1) / 2;
}

}  // namespace

std::int64_t new_tokens(const PrefillBatch& batch)
{
  std::int64_t sum = 0;
  for (const Prompt& prompt : batch)
    sum += prompt.new_tokens;
  return sum;
}

PrefillLoad operator+(const PrefillLoad& a, const PrefillLoad& b)
{
  return {a.tokens + b.tokens, a.cached_tokens + b.cached_tokens, a.query_key_pairs + b.query_key_pairs};
}

PrefillLoad operator-(const PrefillLoad& a, const PrefillLoad& b)
{
  return {a.tokens - b.tokens, a.cached_tokens - b.cached_tokens, a.query_key_pairs - b.query_key_pairs};
}

PrefillLoad load_of(const Prompt& prompt)
{
  if (prompt.new_tokens == 0)
    return {};
  return {prompt.new_tokens, prompt.cached_tokens, causal_pairs(prompt.new_tokens, prompt.cached_tokens)};
}

PrefillLoad part_of(const PrefillLoad& load, double share)
{
  const auto part = [share](std::int64_t whole) { return std::llround(static_cast<double>(whole) * share); };
  return {part(load.tokens), part(load.cached_tokens), part(load.query_key_pairs)};
}

std::vector<PrefillLoad> cut(const PrefillBatch& batch, int parts)
{
  ensure(parts > 0, "a batch cut into {} parts", parts);
  const std::int64_t all = new_tokens(batch);
  std::vector<PrefillLoad> loads;
  std::size_t next = 0;
  std::int64_t done = 0;  // of the next prompt
  for (int part = 0; part < parts; ++part) {
    std::int64_t room = all / parts + (part < all % parts ? 1 : 0);
    if (room == 0)
      continue;
    PrefillLoad& load = loads.emplace_back();
    load.tokens = room;
    while (room > 0) {
      const Prompt& prompt = batch[next];
      const std::int64_t taken = std::min(room, prompt.new_tokens - done);
      load.query_key_pairs += causal_pairs(taken, prompt.cached_tokens + done);
      if (done == 0)
        load.cached_tokens += prompt.cached_tokens;
      room -= taken;
      done += taken;
      if (done == prompt.new_tokens) {
        ++next;
        done = 0;
      }
    }
  }
  return loads;
}

std::vector<PrefillBatch> chunks(const PrefillBatch& prompts, std::int64_t limit)
{
  ensure(limit > 0, "batches of at most {} tokens", limit);
  std::vector<PrefillBatch> batches;
  std::int64_t room = 0;
  for (Prompt prompt : prompts) {
    while (prompt.new_tokens > 0) {
      if (room == 0) {
        batches.emplace_back();
        room = limit;
      }
      const std::int64_t taken = std::min(room, prompt.new_tokens);
      batches.back().push_back({taken, prompt.cached_tokens});
      prompt = {prompt.new_tokens - taken, prompt.cached_tokens + taken};
      room -= taken;
    }
  }
  return batches;
}

}  // namespace cm::workloads

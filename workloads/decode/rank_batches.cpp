#include "workloads/decode/rank_batches.h"

namespace cm::workloads {

RankBatches::RankBatches(const DecodeSpec& spec, const models::ModelSpec& share, const models::DieSpec& die,
                         const models::CoreShare& cores, int microbatches)
    : spec_(spec), share_(share), die_(die), cores_(cores), microbatches_(microbatches), attention_(spec.dies())
{
  for (auto& tokens : tokens_)
    tokens.resize(spec.dies());
}

void RankBatches::draw(std::uint32_t rank, std::uint32_t iteration, std::uint32_t dies_per_npu, std::uint64_t seed)
{
  const std::uint32_t group = rank / spec_.tp;
  const std::int64_t requests = spec_.requests_of_group(group, dies_per_npu);
  sim::RandomStream random(seed, "KV lengths", static_cast<std::uint64_t>(iteration) * spec_.dp + group);
  for (int micro = 0; micro < microbatches_; ++micro) {
    const auto m = static_cast<std::size_t>(micro);
    const models::DecodeBatch batch = draw_batch(spec_, models::token_share(requests, microbatches_, micro), random);
    attention_[rank][m] = attention_work(spec_, share_, die_, cores_, batch);
    tokens_[m][rank] = static_cast<std::uint32_t>(models::token_share(batch.query_tokens, spec_.tp, rank % spec_.tp));
  }
}

std::int64_t RankBatches::group_tokens(std::uint32_t rank) const
{
  std::int64_t tokens = 0;
  for (int micro = 0; micro < microbatches_; ++micro)
    tokens += group_tokens(rank, static_cast<std::uint32_t>(micro));
  return tokens;
}

}  // namespace cm::workloads

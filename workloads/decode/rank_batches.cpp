#include "workloads/decode/rank_batches.h"

namespace cm::workloads {

RankBatches::RankBatches(const DecodeSetup& setup, const models::ModelSpec& share)
    : setup_(setup), share_(share), attention_(setup.spec.dies())
{
  for (auto& tokens : tokens_)
    tokens.resize(setup.spec.dies());
}

void RankBatches::draw(std::uint32_t rank, std::uint32_t iteration)
{
  const DecodeSpec& spec = setup_.spec;
  const models::MachineSpec& machine = setup_.machine;
  const int microbatches = setup_.plan.microbatches;
  const std::uint32_t group = rank / spec.tp;
  const std::int64_t requests = spec.requests_of_group(group, machine.topology.dies_per_npu);
  sim::RandomStream random(setup_.seed, "KV lengths", static_cast<std::uint64_t>(iteration) * spec.dp + group);
  for (int micro = 0; micro < microbatches; ++micro) {
    const auto m = static_cast<std::size_t>(micro);
    const models::DecodeBatch batch = draw_batch(spec, models::token_share(requests, microbatches, micro), random);
    attention_[rank][m] = attention_work(spec, share_, machine.die, setup_.plan.attention_cores, batch);
    tokens_[m][rank] = static_cast<std::uint32_t>(models::token_share(batch.query_tokens, spec.tp, rank % spec.tp));
  }
}

std::int64_t RankBatches::group_tokens(std::uint32_t rank) const
{
  std::int64_t tokens = 0;
  for (int micro = 0; micro < setup_.plan.microbatches; ++micro)
    tokens += group_tokens(rank, static_cast<std::uint32_t>(micro));
  return tokens;
}

}  // namespace cm::workloads

#include "workloads/decode/attention_work.h"

namespace cm::workloads {

models::DecodeBatch draw_batch(const DecodeSpec& spec, std::int64_t requests, sim::RandomStream& random)
{
  const std::int64_t queries = 1 + spec.mtp_tokens;
  models::DecodeBatch batch;
  batch.requests = requests;
  batch.query_tokens = requests * queries;
  for (std::int64_t request = 0; request < requests; ++request) {
    const std::int64_t kv = spec.prompt_length + random.below(static_cast<std::uint32_t>(spec.output_length + 1));
    batch.kv_tokens += kv;
    batch.query_kv_pairs += kv * queries;
  }
  return batch;
}

AttentionWork attention_work(const DecodeSpec& spec, const models::ModelSpec& share, const models::DieSpec& die,
                             const models::CoreShare& cores, const models::DecodeBatch& batch)
{
  AttentionWork work{.batch = batch, .times = {}, .traffic = {}, .names = {}, .work = {}};
  for (const models::Operator& op : models::attention_operators(share, spec.quantisation, batch, die)) {
    work.times.push_back(models::operator_time(op, die, cores));
    work.traffic.push_back(op.traffic);
    work.names.push_back(op.name);
    work.work += models::work_of(op, die, cores);
  }
  return work;
}

}  // namespace cm::workloads

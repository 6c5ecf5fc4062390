// The passes of a rank: through the layers, the head, the MTP layer once per speculative token, and the next iteration.
#include "workloads/decode/decode_run.h"

namespace cm::workloads {

void DecodeRun::start()
{
  for (std::uint32_t rank = 0; rank < spec_.dies(); ++rank) {
    ranks_[rank].iteration_start = plane_.now().count();
    start_pass(rank, 0, plane_.now().count());
  }
}

// All ranks of a group have the same batch, and dispatch a share of its tokens each.
void DecodeRun::draw_batches(std::uint32_t rank)
{
  const std::uint32_t group = rank / spec_.tp;
  const std::int64_t requests = spec_.requests_of_group(group, machine_.topology.dies_per_npu);
  // One stream per group and iteration: the order in which ranks get there decides nothing.
  sim::RandomStream random(seed_, "KV lengths", static_cast<std::uint64_t>(ranks_[rank].iteration) * spec_.dp + group);
  for (int micro = 0; micro < plan_.microbatches; ++micro) {
    const auto m = static_cast<std::size_t>(micro);
    const models::DecodeBatch batch =
        draw_batch(spec_, models::token_share(requests, plan_.microbatches, micro), random);
    attention_[rank][m] = attention_work(spec_, share_, machine_.die, plan_.attention_cores, batch);
    tokens_[m][rank] = static_cast<std::uint32_t>(models::token_share(batch.query_tokens, spec_.tp, rank % spec_.tp));
  }
}

void DecodeRun::start_pass(std::uint32_t rank, std::int64_t first_layer, std::int64_t now)
{
  if (first_layer == 0)
    draw_batches(rank);
  ranks_[rank].joined = 0;
  for (int micro = 0; micro < plan_.microbatches; ++micro) {
    Microbatch& batch = ranks_[rank].microbatches[static_cast<std::size_t>(micro)];
    batch.layer = first_layer;
    batch.since = now;
    enter_layer(rank, micro, now);
  }
}

// Both microbatches are through a pass: the head for all tokens, on all cores.
void DecodeRun::join(std::uint32_t rank)
{
  ++ranks_[rank].passes_done;
  run_operator(rank, 0, Step::Head, models::head_operator(share_, group_tokens(rank)), all_cores_);
}

std::int64_t DecodeRun::group_tokens(std::uint32_t rank) const
{
  std::int64_t tokens = 0;
  for (int micro = 0; micro < plan_.microbatches; ++micro)
    tokens += attention_[rank][static_cast<std::size_t>(micro)].batch.query_tokens;
  return tokens;
}

// Speculation: one more pass through the MTP layer per token, else the end of the iteration.
void DecodeRun::after_head(std::uint32_t rank)
{
  if (ranks_[rank].passes_done <= spec_.mtp_tokens) {
    run_operator(rank, 0, Step::MtpProjection,
                 models::mtp_projection_operator(model_, spec_.quantisation, group_tokens(rank)), all_cores_);
    return;
  }
  run_operator(rank, 0, Step::StepOverhead, machine_.free.host ? Seconds(0) : model_.step_overhead, Bytes(0));
}

void DecodeRun::end_iteration(std::uint32_t rank, std::int64_t now)
{
  Rank& r = ranks_[rank];
  const double ms = static_cast<double>(now - r.iteration_start) * 1e-9;
  iteration_ms_[r.iteration] += ms / spec_.dies();
  rank_iteration_ms.record(ms);
  r.passes_done = 0;
  r.iteration_start = now;
  if (++r.iteration < spec_.iterations)
    start_pass(rank, 0, now);
  else if (++ranks_finished_ == spec_.dies())
    plane_.raise(finished_);
}

}  // namespace cm::workloads

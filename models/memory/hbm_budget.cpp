#include "models/memory/hbm_budget.h"

#include "models/language_models/tensor_share.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::models {

Bytes HbmBudget::total() const
{
  return attention_weights + expert_weights + dense_weights + embedding_weights + mtp_weights + exchange_buffers +
         kv_cache + reserved;
}

std::string HbmBudget::text() const
{
  const auto gb = [](Bytes bytes) { return static_cast<double>(bytes.count()) * 1e-9; };
  return fmt::format(
      "attention {:.2f} + experts {:.2f} + dense {:.2f} + embedding and head {:.2f} + MTP {:.2f} + "
      "exchange buffers {:.2f} + KV cache {:.2f} + reserved {:.2f} = {:.2f} GB of the {:.2f} GB of a die",
      gb(attention_weights), gb(expert_weights), gb(dense_weights), gb(embedding_weights), gb(mtp_weights),
      gb(exchange_buffers), gb(kv_cache), gb(reserved), gb(total()), gb(capacity));
}

std::int64_t largest_that_fits(std::int64_t most, const std::function<HbmBudget(std::int64_t)>& budget)
{
  std::int64_t fits = 0;
  std::int64_t beyond = most + 1;
  while (beyond - fits > 1) {
    const std::int64_t middle = fits + (beyond - fits) / 2;
    (budget(middle).fits() ? fits : beyond) = middle;
  }
  return fits;
}

std::string fill_text(const HbmBudget& budget)
{
  return fmt::format("{:.2f} of {:.2f} GB of HBM on the fullest die",
                     static_cast<double>(budget.total().count()) * 1e-9,
                     static_cast<double>(budget.capacity.count()) * 1e-9);
}

HbmBudget hbm_budget(const ModelSpec& whole, const DieSpec& die, const DecodeDeployment& deployment)
{
  const ModelSpec model = tensor_share(whole, deployment.tensor_parallel);
  const std::int64_t weight = weight_bytes(deployment.quantisation);
  const std::int64_t slots = deployment.slots_per_rank;
  // A slot with a copy of the shared experts holds all of them. Every rank has one when there are as many copies.
  const std::int64_t shared = deployment.shared_copies > 0 ? model.shared_experts - 1 : 0;
  const std::int64_t copies = (deployment.shared_copies + deployment.ranks - 1) / deployment.ranks;
  const std::int64_t apart = deployment.shared_on_every_rank ? model.shared_experts : 0;
  const std::int64_t experts = expert_parameters(model) * (slots + copies * shared + apart);
  HbmBudget budget;
  budget.attention_weights = Bytes(attention_parameters(model) * model.layers * weight);
  budget.expert_weights = Bytes(experts * model.moe_layers() * weight);
  budget.dense_weights = Bytes(dense_ffn_parameters(model) * model.dense_layers * weight);
  budget.embedding_weights = Bytes(2 * embedding_parameters(model) * 2);
  std::int64_t kv_layers = model.layers;
  if (deployment.with_mtp) {
    const std::int64_t feed_forward = model.has_experts() ? experts : dense_ffn_parameters(model);
    const std::int64_t layer = attention_parameters(model) + feed_forward + 2 * model.hidden * model.hidden;
    budget.mtp_weights = Bytes(layer * weight);
    kv_layers += 1;
  }
  // ranks x local batch x min(top-k, experts per die) x message, for dispatch and for combine.
  const std::int64_t row = 2 * model.hidden;
  const std::int64_t dispatch_row = model.hidden * weight + die.exchange.slot.count();
  budget.exchange_buffers =
      Bytes(deployment.ranks * deployment.tokens_per_die * std::min(model.top_k, slots) * (dispatch_row + row));
  budget.kv_cache =
      kv_bytes_per_token_and_layer(model) * (kv_layers * deployment.requests_per_die * deployment.longest_kv);
  budget.reserved = die.reserved;
  budget.capacity = die.hbm_capacity;
  return budget;
}

}  // namespace cm::models

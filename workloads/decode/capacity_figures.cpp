#include "workloads/decode/capacity_figures.h"

#include "workloads/decode/decode_metric_table.h"
#include "workloads/exchanges/expert_exchange.h"

#include <fmt/format.h>

namespace cm::workloads {

BytesPerSecond slot_traffic(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                            Seconds iteration)
{
  // Rows come back as they were before they were quantised.
  const Bytes hidden(2 * model.hidden);
  const Bytes row = dispatch_row(machine.die, spec.exchange, hidden, spec.quantised_dispatch) + hidden;
  const double slots = static_cast<double>(model.routed_experts) + spec.redundant + spec.shared_copies;
  const double requests = static_cast<double>(spec.batch_per_npu) / machine.topology.dies_per_npu * spec.dies();
  const double tokens = requests * (1.0 + static_cast<double>(spec.mtp_tokens));
  const double rows = tokens * static_cast<double>(model.top_k + (spec.shared_copies > 0 ? 1 : 0)) / slots;
  const auto passes = static_cast<double>(model.moe_layers() + spec.mtp_tokens);
  return BytesPerSecond(rows * passes * static_cast<double>(row.count()) / iteration.count());
}

void add_ep_limit(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                  Seconds iteration, sim::metrics::Result& result)
{
  if (!model.has_experts())
    return;
  const BytesPerSecond slot = slot_traffic(spec, model, machine, iteration);
  const double lanes = static_cast<double>(machine.topology.dies()) * machine.topology.sub_planes;
  const BytesPerSecond all = machine.topology.lane_bandwidth * (machine.ub.payload_share * lanes);
  result.add(DecodeMetrics["ep_limit"], slot.count() > 0 ? std::optional(ratio(all, slot)) : std::nullopt,
             fmt::format("{:.4g} TB/s of all dies' lanes / {:.4g} GB/s that an expert slot exchanges",
                         all.count() * 1e-12, slot.count() * 1e-9));
}

void add_int8_gain(const DecodeSpec& spec, Seconds int8, Seconds bf16, sim::metrics::Result& result)
{
  result.add(DecodeMetrics["int8_gain"], ratio(bf16, int8));
  result.add(DecodeMetrics["bf16_tpot_ms"], bf16.count() * 1e3 / spec.tokens_per_iteration());
  result.add(DecodeMetrics["accuracy_retention"], spec.accuracy_retention);
}

}  // namespace cm::workloads

#include "workloads/serving/serving_timeline.h"

#include <fmt/format.h>

namespace cm::workloads {
namespace {

using sim::timeline::Slice;

}  // namespace

ServingTimeline::ServingTimeline(sim::timeline::Timeline* timeline, const ServingSpec& spec) : timeline_(timeline)
{
  if (timeline_ == nullptr)
    return;
  const std::uint32_t instances = timeline_->add_process("instances");
  for (std::uint32_t instance = 0; instance < spec.prefill_instances; ++instance)
    prefill_.push_back(timeline_->add_track(instances, fmt::format("prefill {}", instance)));
  for (std::uint32_t instance = 0; instance < spec.decode_instances; ++instance)
    decode_.push_back(
        timeline_->add_track(instances, spec.decode_instances == 1 ? "decode" : fmt::format("decode {}", instance)));
}

void ServingTimeline::prefilled(std::uint32_t instance, Seconds start, Seconds end, const Batch& batch)
{
  if (timeline_ != nullptr)
    timeline_->add(Slice{.track = prefill_[instance],
                         .name = "batch",
                         .start = to_picoseconds(start),
                         .end = to_picoseconds(end),
                         .arguments = {{"prompts", static_cast<std::int64_t>(batch.prompts)},
                                       {"new tokens", batch.new_tokens},
                                       {"cached tokens", batch.cached_tokens}}});
}

void ServingTimeline::decoded(std::uint32_t instance, Seconds start, Seconds end, std::size_t requests,
                              std::int64_t kv_tokens)
{
  if (timeline_ != nullptr)
    timeline_->add(Slice{.track = decode_[instance],
                         .name = "iteration",
                         .start = to_picoseconds(start),
                         .end = to_picoseconds(end),
                         .arguments = {{"requests", static_cast<std::int64_t>(requests)}, {"KV tokens", kv_tokens}}});
}

void ServingTimeline::add(const std::vector<std::pair<std::string, sim::metrics::Series>>& series)
{
  if (timeline_ == nullptr)
    return;
  const std::uint32_t process = timeline_->add_process("planes, instances and pool");
  for (const auto& [name, values] : series) {
    const auto counter = timeline_->add_counter(process, name, values.unit);
    for (std::size_t i = 0; i < values.value.size(); ++i)
      timeline_->add(sim::timeline::Sample{counter, to_picoseconds(Seconds(values.time_s[i])), values.value[i]});
  }
}

}  // namespace cm::workloads

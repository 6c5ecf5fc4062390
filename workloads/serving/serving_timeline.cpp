#include "workloads/serving/serving_timeline.h"

#include <fmt/format.h>

namespace cm::workloads {
namespace {

using sim::timeline::Slice;

// Each has a track of its own, since they overlap.
constexpr std::uint64_t RequestsShown = 64;

}  // namespace

ServingTimeline::ServingTimeline(sim::timeline::Timeline* timeline, const ServingSpec& spec) : timeline_(timeline)
{
  if (timeline_ == nullptr)
    return;
  const std::uint32_t instances = timeline_->add_process("instances");
  for (std::uint32_t instance = 0; instance < spec.prefill_instances; ++instance)
    prefill_.push_back(timeline_->add_track(instances, fmt::format("prefill {}", instance)));
  decode_ = timeline_->add_track(instances, "decode");
  requests_ = timeline_->add_process(fmt::format("first {} requests", RequestsShown));
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

void ServingTimeline::decoded(Seconds start, Seconds end, std::size_t requests, std::int64_t kv_tokens)
{
  if (timeline_ != nullptr)
    timeline_->add(Slice{.track = decode_,
                         .name = "iteration",
                         .start = to_picoseconds(start),
                         .end = to_picoseconds(end),
                         .arguments = {{"requests", static_cast<std::int64_t>(requests)}, {"KV tokens", kv_tokens}}});
}

void ServingTimeline::finished(const InFlight& request)
{
  if (timeline_ == nullptr || request.number >= RequestsShown)
    return;
  const sim::timeline::TrackIndex track = timeline_->add_track(requests_, fmt::format("request {}", request.number));
  const auto add = [&](std::string_view name, std::int64_t start, std::int64_t end) {
    if (end > start)
      timeline_->add(Slice{.track = track,
                           .name = std::string(name),
                           .start = Picoseconds(start),
                           .end = Picoseconds(end),
                           .arguments = {{"input tokens", request.request.input_tokens},
                                         {"cached tokens", request.cached_tokens},
                                         {"output tokens", request.request.output_tokens}}});
  };
  // A request whose only token comes from prefill never reaches decode.
  std::size_t last = Milestones - 1;
  while (last > 0 && request.at[last] == 0)
    --last;
  for (std::size_t part = 1; part <= last; ++part)
    add(FirstTokenParts[part], request.at[part - 1], request.at[part]);
  add("decode", request.at[last], request.last_token);
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

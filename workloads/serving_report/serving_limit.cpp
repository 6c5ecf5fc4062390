#include "workloads/serving_report/serving_limit.h"

#include "sim/config/suggestion.h"
#include "workloads/serving_report/serving_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace cm::workloads {
namespace {

constexpr double MuchGrowth = 0.1;
// A stage or a kind of room that is taken to this share has none to spare.
constexpr double AtLimit = 0.9;
// Batches of prefill below it are small: with more to do, they grow, and more is done in the same time.
constexpr double HalfFull = 0.5;

using Parts = std::array<double, Milestones>;  // seconds

// A request whose only token comes from prefill ends there; the parts behind it are 0.
Parts mean_parts(std::span<const RequestRecord* const> finished)
{
  Parts parts{};
  for (const RequestRecord* record : finished)
    for (std::size_t part = 1; part < Milestones && record->at[part] > 0; ++part)
      parts[part] +=
          milliseconds(record->at[part] - record->at[part - 1]) * 1e-3 / static_cast<double>(finished.size());
  return parts;
}

std::string load_name(const ServingSpec& spec)
{
  if (spec.pool.plane == PoolPlane::Vpc)
    return "VPC plane: load of cached KV";
  return spec.pool.volume_share > 0 ? "UB plane, or VPC plane from volumes: load of cached KV"
                                    : "UB plane: load of cached KV";
}

std::string hand_over_name(const ServingSpec& spec)
{
  return spec.handover == HandoverPlane::Rdma ? "RDMA plane: hand-over" : "UB plane: hand-over";
}

// A request holds its place and its memory in decode from its admission on.
bool hand_over_takes_most(std::span<const RequestRecord> records)
{
  double hand_over = 0;
  double rest = 0;
  for (const RequestRecord& record : records)
    if (record.is_finished() && record.when(Milestone::HandedOver) > 0) {
      hand_over += milliseconds(record.when(Milestone::HandedOver) - record.when(Milestone::Admitted));
      rest += milliseconds(record.last_token - record.when(Milestone::HandedOver));
    }
  return hand_over > rest;
}

}  // namespace

std::optional<SlowPart> slow_part(std::span<const RequestRecord> records)
{
  std::vector<const RequestRecord*> finished;
  for (const RequestRecord& record : records)
    if (record.is_finished())
      finished.push_back(&record);
  if (finished.size() < 2)
    return std::nullopt;
  const std::span<const RequestRecord* const> all(finished);
  const Parts before = mean_parts(all.first(all.size() / 2));
  const Parts after = mean_parts(all.subspan(all.size() / 2));
  Parts growth{};
  Parts twice{};
  for (std::size_t part = 1; part < Milestones; ++part) {
    growth[part] = after[part] - before[part];
    twice[part] = after[part] + before[part];
  }
  const auto largest = [](const Parts& of) { return std::ranges::max_element(of) - of.begin(); };
  const auto most = static_cast<std::size_t>(largest(growth));
  const double whole = std::accumulate(twice.begin(), twice.end(), 0.0) / 2;
  const bool grows = growth[most] > MuchGrowth * whole;
  const std::size_t part = grows ? most : static_cast<std::size_t>(largest(twice));
  return SlowPart{.end = static_cast<Milestone>(part), .before = before[part], .after = after[part], .grows = grows};
}

std::string decode_limit_name(const ServingSpec& spec, std::string_view room, const DecodeWaits& waits,
                              std::span<const RequestRecord> records)
{
  if (hand_over_takes_most(records))
    return hand_over_name(spec);
  return waits.for_target > std::max(waits.for_place, waits.for_memory) ? "tpot_target" : std::string(room);
}

std::string limit_name(const ServingSpec& spec, Milestone end, const DecodeWaits& waits,
                       std::span<const RequestRecord> records)
{
  switch (end) {
  case Milestone::Arrived:
  case Milestone::Received: return "VPC plane: prompts on their way to the scheduler";
  case Milestone::LookedUp: return "look-up in the context cache";
  case Milestone::Loaded: return load_name(spec);
  case Milestone::Started:
  case Milestone::Prefilled: return "prefill";
  case Milestone::Admitted:
    return decode_limit_name(spec, waits.for_memory > waits.for_place ? MemoryOfDecode : PlacesInBatch, waits, records);
  case Milestone::HandedOver: return hand_over_name(spec);
  case Milestone::Decoded: break;
  }
  return "decode iterations";
}

std::string limit_sentence(const MeasuredLoads& loads, std::string_view overload, const sim::metrics::Result& result)
{
  std::vector<std::string> full;
  std::vector<std::string> rest;
  const auto tell = [&](bool is_full, std::string text) { (is_full ? full : rest).push_back(std::move(text)); };
  if (loads.prefill_busy && loads.prefill_fill) {
    const bool is_busy = *loads.prefill_busy >= AtLimit;
    const bool is_full = *loads.prefill_fill >= HalfFull;
    // A batch begins as soon as anything waits, so small ones alone can fill the time.
    tell(is_busy && is_full,
         fmt::format("prefill is busy {:.0f} % of the time with batches {:.0f} % full{}", 100 * *loads.prefill_busy,
                     100 * *loads.prefill_fill, is_busy && !is_full ? ", which can take more prompts" : ""));
  }
  if (loads.decode.places > 0)
    tell(std::max(loads.decode.places, loads.decode.memory) >= AtLimit,
         fmt::format("decode takes {:.0f} % of its places and {:.0f} % of its memory", 100 * loads.decode.places,
                     100 * loads.decode.memory));
  if (loads.dropped_blocks > 0)
    tell(true, "the context cache is full and drops blocks");
  std::string text;
  if (!overload.empty())
    text = fmt::format("the service is limited by {}", overload);
  else if (!full.empty())
    text = fmt::format("at the limit: {}", sim::config::joined(full, ", "));
  else
    text = fmt::format("nothing is at its limit{}{}", rest.empty() ? "" : ": ", sim::config::joined(rest, ", "));
  const std::string part = sim::metrics::largest_part_clause(result.breakdown, result.breakdown_of);
  return sim::metrics::sentence_of(part.empty() ? text : fmt::format("{}; {}", text, part));
}

}  // namespace cm::workloads

#include "workloads/serving_report/serving_limit.h"

#include "workloads/serving_report/serving_verdict.h"

#include <algorithm>
#include <numeric>

namespace cm::workloads {
namespace {

constexpr double MuchGrowth = 0.1;

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

DecodeWaits waits_of(const DecodeInstance& decode)
{
  return {.for_memory = decode.waits_for_memory(),
          .for_place = decode.waits_for_batch(),
          .for_target = decode.waits_for_target()};
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

}  // namespace cm::workloads

#include "workloads/prefill/expert_rows.h"

#include "sim/diagnostics/ensure.h"

#include <array>

namespace cm::workloads {
namespace {

std::vector<std::int64_t> rows_per_expert(const models::Gate& gate, std::uint32_t top_k, std::uint32_t source,
                                          const std::vector<std::int64_t>& tokens, sim::RandomStream& random)
{
  std::array<std::uint32_t, 256> chosen{};
  ensure(top_k <= chosen.size(), "top {} is more than {}", top_k, chosen.size());
  std::vector<std::int64_t> rows(gate.loads().size(), 0);
  const auto ranks = static_cast<std::uint32_t>(tokens.size());
  for (std::uint32_t token = 0; token < tokens[source]; ++token) {
    gate.choose({source, ranks, token}, random, {chosen.data(), top_k});
    for (std::uint32_t k = 0; k < top_k; ++k)
      ++rows[chosen[k]];
  }
  return rows;
}

}  // namespace

ExpertRows draw_rows(const models::Gate& gate, const models::Placement& placement, std::uint32_t top_k,
                     const std::vector<std::int64_t>& tokens, sim::RandomStream& random, std::uint32_t expert_lanes)
{
  const std::size_t ranks = tokens.size();
  ExpertRows all{std::vector<std::int64_t>(ranks * ranks, 0), std::vector<std::int64_t>(ranks, 0),
                 std::vector<std::int64_t>(ranks, 0), std::vector<std::int64_t>(ranks * ranks * expert_lanes, 0)};
  for (std::size_t source = 0; source < ranks; ++source) {
    const auto rows = rows_per_expert(gate, top_k, static_cast<std::uint32_t>(source), tokens, random);
    for (std::uint32_t expert = 0; expert < rows.size(); ++expert) {
      const auto& copies = placement.copies(expert);
      const auto count = static_cast<std::int64_t>(copies.size());
      for (std::int64_t copy = 0; copy < count; ++copy) {
        const std::uint32_t rank = copies[(static_cast<std::size_t>(copy) + source) % copies.size()];
        const std::int64_t share = rows[expert] / count + (copy < rows[expert] % count ? 1 : 0);
        all.rows[source * ranks + rank] += share;
        all.received[rank] += share;
        all.sent[source] += share;
        if (expert_lanes > 0)
          all.lane_rows[(source * ranks + rank) * expert_lanes + expert % expert_lanes] += share;
      }
    }
  }
  return all;
}

std::vector<std::int64_t> bytes_by_lane(const ExpertRows& rows, Bytes row, bool is_way_back)
{
  const std::size_t ranks = rows.received.size();
  const std::size_t lanes = rows.lane_rows.size() / rows.rows.size();
  std::vector<std::int64_t> bytes;
  bytes.reserve(rows.lane_rows.size());
  for (std::size_t source = 0; source < ranks && lanes > 0; ++source)
    for (std::size_t destination = 0; destination < ranks; ++destination) {
      const std::size_t pair = is_way_back ? destination * ranks + source : source * ranks + destination;
      for (std::size_t lane = 0; lane < lanes; ++lane)
        bytes.push_back(rows.lane_rows[pair * lanes + lane] * row.count());
    }
  return bytes;
}

}  // namespace cm::workloads

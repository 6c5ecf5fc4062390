#include "workloads/serving_report/slowest_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

namespace cm::workloads {
namespace {

using sim::metrics::Table;

// [milestone]: column of the part that ends with it.
constexpr std::array<std::string_view, Milestones> PartColumns{
    "",           "ingress_ms",      "look_up_ms",  "kv_load_ms",     "prefill_queue_ms",
    "prefill_ms", "decode_queue_ms", "handover_ms", "first_decode_ms"};

struct List {
  Slowness by;
  std::string_view table;
  std::string_view quantity;
  std::string_view process;
};
constexpr std::array<List, 2> Lists{
    {{Slowness::FirstToken, "slowest_by_ttft", "time to first token", "slowest to the first token"},
     {Slowness::EndToEnd, "slowest_by_e2e", "time from end to end", "slowest from end to end"}}};

std::int64_t took(FirstToken first_token, const RequestRecord& record, Slowness by)
{
  const std::int64_t end = by == Slowness::FirstToken ? record.when(first_token_at(first_token)) : record.last_token;
  return end - record.when(Milestone::Arrived);
}

// A request whose only token comes from prefill never reaches decode.
std::size_t last_milestone(const RequestRecord& record)
{
  return static_cast<std::size_t>(record.when(Milestone::Decoded) > 0 ? Milestone::Decoded : Milestone::Prefilled);
}

std::size_t counted(std::span<const RequestRecord> records, std::size_t counted_from)
{
  return static_cast<std::size_t>(std::ranges::count_if(records.subspan(counted_from), &RequestRecord::is_finished));
}

std::vector<std::string> columns()
{
  std::vector<std::string> names{"request",       "arrival_s",        "input_tokens", "cached_tokens",
                                 "output_tokens", "prefill_instance", "decode_rank",  "ttft_ms"};
  names.insert(names.end(), PartColumns.begin() + 1, PartColumns.end());
  names.insert(names.end(), {"decode_ms", "tpot_ms", "e2e_ms"});
  return names;
}

Table::Row row_of(FirstToken first_token, const RequestRecord& record, std::size_t number)
{
  const std::size_t last = last_milestone(record);
  const bool is_decoded = record.when(Milestone::Decoded) > 0;
  const auto if_decoded = [&](double value) { return is_decoded ? std::optional(value) : std::nullopt; };
  std::vector<std::optional<double>> values{static_cast<double>(record.when(Milestone::Arrived)) / 1e12,
                                            record.input_tokens,
                                            record.cached_tokens,
                                            record.output_tokens,
                                            record.instance,
                                            if_decoded(record.rank),
                                            ttft_ms(first_token, record)};
  for (std::size_t part = 1; part < Milestones; ++part)
    values.push_back(part <= last ? std::optional(milliseconds(record.at[part] - record.at[part - 1])) : std::nullopt);
  values.push_back(if_decoded(milliseconds(record.last_token - record.at[last])));
  values.push_back(has_tpot(first_token, record) ? std::optional(tpot_ms(first_token, record)) : std::nullopt);
  values.push_back(milliseconds(took(first_token, record, Slowness::EndToEnd)));
  Table::Row row{fmt::format("{}", number), {}};
  std::ranges::transform(values, std::back_inserter(row.cells), sim::metrics::cell_of);
  return row;
}

// A track and its slices, from the arrival to the last token.
void add_track(sim::timeline::Timeline& timeline, std::uint32_t process, std::string name, const RequestRecord& record)
{
  const sim::timeline::TrackIndex track = timeline.add_track(process, std::move(name));
  const auto add = [&](std::string_view part, std::int64_t start, std::int64_t end) {
    if (end > start)
      timeline.add(sim::timeline::Slice{.track = track,
                                        .name = std::string(part),
                                        .start = Picoseconds(start),
                                        .end = Picoseconds(end),
                                        .arguments = {{"input tokens", record.input_tokens},
                                                      {"cached tokens", record.cached_tokens},
                                                      {"output tokens", record.output_tokens},
                                                      {"prefill instance", std::int64_t{record.instance}}}});
  };
  const std::size_t last = last_milestone(record);
  for (std::size_t part = 1; part <= last; ++part)
    add(FirstTokenParts[part], record.at[part - 1], record.at[part]);
  add("decode", record.at[last], record.last_token);
}

}  // namespace

std::vector<std::size_t> slowest_requests(FirstToken first_token, std::span<const RequestRecord> records,
                                          std::size_t counted_from, Slowness by, std::size_t most)
{
  auto counts = std::views::iota(counted_from, records.size()) |
                std::views::filter([&](std::size_t number) { return records[number].is_finished(); });
  const auto order = [&](std::size_t number) { return std::pair(-took(first_token, records[number], by), number); };
  std::vector<std::size_t> slowest(std::min(most, records.size()));
  const auto end = std::ranges::partial_sort_copy(counts, slowest, {}, order, order).out;
  slowest.erase(end, slowest.end());
  return slowest;
}

void add_slowest_tables(FirstToken first_token, std::span<const RequestRecord> records, std::size_t counted_from,
                        sim::metrics::Result& result)
{
  const std::size_t of = counted(records, counted_from);
  for (const List& list : Lists) {
    Table table{.name = std::string(list.table), .sentence = {}, .columns = columns(), .rows = {}};
    for (const std::size_t number : slowest_requests(first_token, records, counted_from, list.by, SlowestInTable))
      table.rows.push_back(row_of(first_token, records[number], number));
    table.sentence = fmt::format(
        "requests with the longest {}, {} of the {} that count (after the warm-up); ingress_ms to {} add up to "
        "ttft_ms, ingress_ms to decode_ms to e2e_ms",
        list.quantity, table.rows.size(), of, PartColumns.at(static_cast<std::size_t>(first_token_at(first_token))));
    if (!table.rows.empty())
      result.tables.push_back(std::move(table));
  }
}

void add_slowest_tracks(FirstToken first_token, std::span<const RequestRecord> records, std::size_t counted_from,
                        sim::timeline::Timeline& timeline)
{
  for (const List& list : Lists) {
    const auto slowest = slowest_requests(first_token, records, counted_from, list.by, SlowestInTimeline);
    if (slowest.empty())
      continue;
    const std::uint32_t process = timeline.add_process(fmt::format(
        "{} requests {}, of {} after the warm-up", slowest.size(), list.process, counted(records, counted_from)));
    for (const std::size_t number : slowest)
      add_track(
          timeline, process,
          fmt::format("request {}: {:.4g} s", number, milliseconds(took(first_token, records[number], list.by)) * 1e-3),
          records[number]);
  }
}

}  // namespace cm::workloads

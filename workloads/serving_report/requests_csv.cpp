#include "workloads/serving_report/requests_csv.h"

#include <fmt/format.h>

namespace cm::workloads {
namespace {

constexpr std::string_view Columns = "request,state,arrival_s,input_tokens,output_tokens,cached_tokens,prefill_"
                                     "instance,decode_instance,decode_rank,counted,"
                                     "ingress_ms,look_up_ms,kv_load_ms,prefill_queue_ms,prefill_ms,decode_queue_ms,"
                                     "handover_ms,first_decode_ms,ttft_ms,tpot_ms,"
                                     "e2e_ms\n";
// Columns behind `output_tokens`, which a refused request leaves empty.
constexpr std::size_t EmptyColumns = 16;

std::string cell(double milliseconds)
{
  return fmt::format("{:.6f}", milliseconds);
}

std::string finished(const ServingSpec& spec, const RequestRecord& record, bool is_counted)
{
  const FirstToken first_token = spec.first_token;
  const bool is_decoded = record.when(Milestone::Decoded) > 0;
  const auto last = static_cast<std::size_t>(is_decoded ? Milestone::Decoded : Milestone::Prefilled);
  const std::string decoded_by =
      is_decoded ? fmt::format("{},{}", spec.decode_instance_of(record.rank), record.rank) : ",";
  std::string cells =
      fmt::format(",{},{},{},{}", record.cached_tokens, record.instance, decoded_by, is_counted ? '1' : '0');
  for (std::size_t part = 1; part < Milestones; ++part) {
    cells += ',';
    if (part <= last)
      cells += cell(milliseconds(record.at[part] - record.at[part - 1]));
  }
  return fmt::format("{},{},{},{}", cells, cell(ttft_ms(first_token, record)),
                     has_tpot(first_token, record) ? cell(tpot_ms(first_token, record)) : "",
                     cell(milliseconds(record.last_token - record.when(Milestone::Arrived))));
}

}  // namespace

std::string requests_csv(const ServingSpec& spec, std::span<const RequestRecord> records, std::size_t counted_from)
{
  std::string text(Columns);
  for (std::size_t number = 0; number < records.size(); ++number) {
    const RequestRecord& record = records[number];
    text += fmt::format(
        "{},{},{:.6f},{},{}{}\n", number, record.is_finished() ? "finished" : "refused",
        static_cast<double>(record.when(Milestone::Arrived)) * 1e-12, record.input_tokens, record.output_tokens,
        record.is_finished() ? finished(spec, record, number >= counted_from) : std::string(EmptyColumns, ','));
  }
  return text;
}

}  // namespace cm::workloads

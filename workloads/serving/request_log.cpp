#include "workloads/serving/request_log.h"

#include <fmt/format.h>

namespace cm::workloads {
namespace {

constexpr std::string_view Columns =
    "request,state,arrival_s,input_tokens,output_tokens,cached_tokens,prefill_instance,decode_rank,counted,ingress_ms,"
    "look_up_ms,kv_load_ms,prefill_queue_ms,prefill_ms,decode_queue_ms,handover_ms,first_decode_ms,ttft_ms,tpot_ms,"
    "e2e_ms\n";
// Columns behind `output_tokens`, which a refused request leaves empty.
constexpr std::size_t EmptyColumns = 15;

std::string milliseconds(std::int64_t picoseconds)
{
  return fmt::format("{:.6f}", static_cast<double>(picoseconds) * 1e-9);
}

void append(std::string& line, const std::string& cell)
{
  line += ',';
  line += cell;
}

}  // namespace

void RequestLog::finished(const InFlight& request)
{
  if (!spec_.writes_requests)
    return;
  const Request& asked = request.request;
  const bool is_decoded = request.when(Milestone::Decoded) > 0;
  Line line{.before = {}, .after = {}, .is_finished = true};
  line.before = fmt::format("{},finished,{:.6f},{},{},{},{},{},", request.number,
                            static_cast<double>(request.when(Milestone::Arrived)) * 1e-12, asked.input_tokens,
                            asked.output_tokens, request.cached_tokens, request.instance,
                            is_decoded ? fmt::format("{}", request.rank) : "");
  const auto last = static_cast<std::size_t>(is_decoded ? Milestone::Decoded : Milestone::Prefilled);
  for (std::size_t part = 1; part < Milestones; ++part)
    append(line.after, part <= last ? milliseconds(request.at[part] - request.at[part - 1]) : "");
  append(line.after, milliseconds(request.first_token - request.when(Milestone::Arrived)));
  append(line.after, asked.output_tokens > 1
                         ? milliseconds((request.last_token - request.first_token) / (asked.output_tokens - 1))
                         : "");
  append(line.after, milliseconds(request.last_token - request.when(Milestone::Arrived)));
  line.after += '\n';
  lines_.emplace(request.number, std::move(line));
}

void RequestLog::refused(const Request& request, std::uint64_t number)
{
  if (spec_.writes_requests)
    lines_.emplace(
        number, Line{.before = fmt::format("{},refused,{:.6f},{},{}{}\n", number, request.arrival.count(),
                                           request.input_tokens, request.output_tokens, std::string(EmptyColumns, ',')),
                     .after = {},
                     .is_finished = false});
}

std::string RequestLog::csv(std::uint64_t counted_from) const
{
  std::string text(Columns);
  for (const auto& [number, line] : lines_) {
    text += line.before;
    if (line.is_finished)
      text += number >= counted_from ? '1' : '0';
    text += line.after;
  }
  return text;
}

}  // namespace cm::workloads

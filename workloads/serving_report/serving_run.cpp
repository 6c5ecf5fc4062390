#include "workloads/serving_report/serving_run.h"

#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"
#include "workloads/serving_report/latency_windows.h"
#include "workloads/serving_report/measurements.h"
#include "workloads/serving_report/requests_csv.h"
#include "workloads/serving_report/series_recorder.h"
#include "workloads/serving_report/serving_limit.h"
#include "workloads/serving_report/serving_metric_table.h"
#include "workloads/serving_report/serving_metrics.h"
#include "workloads/serving_report/serving_verdict.h"
#include "workloads/serving_report/slowest_requests.h"
#include "workloads/serving_report/warm_up.h"
#include "workloads/traces/dialects/dialect_guess.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace cm::workloads {
namespace {

using Records = std::span<const RequestRecord>;

// Reading ahead costs little beside simulating, and a damaged trace is told before anything is simulated.
struct Preview {
  std::uint64_t requests = 0;
  std::uint64_t later_turns = 0;  // of them, whose arrival depends on the end of the turn before
  SourceCounts counts;
  std::string reading;  // of the trace
  std::string warning;  // about that reading
  // Last arrival that is known; later turns are expected as if answers took 50 ms a token.
  Seconds last_arrival;
  bool has_blocks = false;
};

// Expected end of a conversation's arrivals.
Seconds last_arrival_of(const Request& first)
{
  constexpr Seconds TokenTime(0.05);
  Seconds last = first.arrival;
  std::int64_t tokens = first.output_tokens;
  for (const LaterTurn& turn : first.later) {
    last += TokenTime * static_cast<double>(tokens) + turn.delay;
    tokens = turn.output_tokens;
  }
  return last;
}

Preview preview_of(const ServingSpec& spec, std::uint64_t seed)
{
  Preview preview;
  const auto source = requests_of(spec, seed);
  while (const auto request = source->next()) {
    preview.requests += 1 + request->later.size();
    preview.later_turns += request->later.size();
    preview.last_arrival = std::max(preview.last_arrival, last_arrival_of(*request));
    preview.has_blocks =
        preview.has_blocks || !request->blocks.empty() ||
        std::ranges::any_of(request->later, [](const LaterTurn& turn) { return !turn.blocks.empty(); });
  }
  preview.counts = source->counts();
  preview.reading = source->note();
  preview.warning = source->warning();
  if (preview.requests == 0)
    throw ConfigError(
        fmt::format("{}:1:1: expected at least one request, found none{}", spec.trace->path,
                    preview.counts.failed == 0
                        ? ""
                        : fmt::format(" but {} that had failed when they were recorded", preview.counts.failed)));
  return preview;
}

// Seconds that are read as milliseconds look like this, and nothing fails.
void note_fast_times(const ServingSpec& spec, const Preview& preview, sim::metrics::Result& result)
{
  if (!spec.trace || spec.trace->dialect.time || preview.last_arrival <= Seconds(0))
    return;
  const double recorded = static_cast<double>(preview.requests) / spec.scaling.copies / preview.last_arrival.count() *
                          spec.scaling.time_scale;
  if (recorded > MostRequestsPerSecond)
    result.notes.push_back(fmt::format(
        "the trace has {:.4g} requests/s: workload.trace_format.time says the unit of its times where that is wrong",
        recorded));
}

// How the trace was read, and what was made of it.
void add_trace_notes(const ServingSpec& spec, const Preview& preview, sim::metrics::Result& result)
{
  if (!preview.reading.empty())
    result.notes.push_back(
        fmt::format("the trace is {} (workload.trace_format says otherwise where that is wrong)", preview.reading));
  if (preview.counts.failed > 0)
    result.notes.push_back(
        fmt::format("requests left out because they had failed when they were recorded: {}, beside {} that are run",
                    preview.counts.failed, preview.requests));
  if (preview.later_turns > 0)
    result.notes.push_back(fmt::format("{} of {} requests are later turns: each arrives its delay after the last token "
                                       "of the turn before it",
                                       preview.later_turns, preview.requests));
  if (preview.counts.spread > 0)
    result.notes.push_back(
        fmt::format("{} requests that share a time stamp with others are spread evenly up to the next stamp, at most "
                    "over {:.3g} s (workload.trace_step)",
                    preview.counts.spread, spec.trace->spread.count()));
  if (!preview.warning.empty())
    result.warnings.push_back(preview.warning);
  note_fast_times(spec, preview, result);
}

void refuse_what_does_not_fit(const ServingSpec& spec, const models::ModelSpec& model,
                              const models::MachineSpec& machine)
{
  for (const std::string& refusal : {spec.prefill.refusal, spec.decode.refusal})
    if (!refusal.empty())
      throw RefusedByModel(refusal);
  const auto one_prompt = [](std::int64_t tokens) { return std::vector<PrefillBatch>{{{tokens, 0}}}; };
  const models::HbmBudget budget =
      prefill_budget(spec.prefill.deployment, model, machine.die, one_prompt(spec.prefill.deployment.batch_tokens));
  if (!budget.fits())
    throw RefusedByModel("the prefill deployment does not fit the HBM: " + budget.text() + "; " +
                         largest_prefill_text(spec.prefill.deployment, model, machine, one_prompt));
}

// Which copies of experts auto took in the two phases.
void add_copies_notes(const ServingSpec& spec, sim::metrics::Result& result)
{
  for (const auto& [phase, note] :
       {std::pair{"prefill", spec.prefill.deployment.copies_note}, std::pair{"decode", spec.decode.copies_note}})
    if (!note.empty())
      result.notes.push_back(fmt::format("{}: {}", phase, note));
}

DecodeRoom room_of(const ServingSpec& spec, const models::ModelSpec& model, const Service& service)
{
  return {.requests = static_cast<double>(service.decode().places()),
          .tokens = ratio(service.decode().memory_of_die(), kv_bytes_per_token(spec, model)) * spec.decode_dies()};
}

std::string overload_limit(const ServingSpec& spec, const Overload& overload, const DecodeWaits& waits, Records counted)
{
  if (!overload.room.empty())
    return decode_limit_name(spec, overload.room, waits, counted);
  const auto part = slow_part(counted);
  return part ? limit_name(spec, part->end, waits, counted) : "prefill";
}

// Where a run that is too short or drifts may be heading.
std::string slow_part_text(const ServingSpec& spec, const DecodeWaits& waits, Records counted)
{
  const auto part = slow_part(counted);
  if (!part)
    return "";
  const std::string name = limit_name(spec, part->end, waits, counted);
  return part->grows ? fmt::format("; what grows most on the way to the first token: {}, from {:.3g} s to {:.3g} s",
                                   name, part->before, part->after)
                     : fmt::format("; what takes longest on the way to the first token: {}, {:.3g} s", name,
                                   (part->before + part->after) / 2);
}

// The limit of a service that cannot keep up; empty when it can.
std::string add_verdict(const ServingSpec& spec, const Service& service, const std::optional<Overload>& overload,
                        const WarmUp& warm_up, sim::metrics::Result& result)
{
  const Records records = service.book().records();
  const ArrivalWindow window = arrival_window(records, warm_up.requests);
  const Records counted = records.subspan(warm_up.requests);
  const DecodeWaits waits = service.decode().waits();
  result.add(ServingMetrics["warm_up_requests"], static_cast<double>(warm_up.requests), warm_up.rule);
  // Requests that all arrive at once have no rate.
  if (window.seconds > 0)
    result.add(ServingMetrics["arrival_rps"], window.arrivals);
  if (overload) {
    result.manifest.steady = false;
    result.add(ServingMetrics["sustainable_rps"], overload->sustainable);
    std::string limit = overload_limit(spec, *overload, waits, counted);
    result.warnings.push_back(
        fmt::format("OVERLOADED: {:.4g} requests/s arrive and {:.4g} could be served; limit: {}. Latencies grow with "
                    "the length of the run",
                    window.arrivals, overload->sustainable, limit));
    return limit;
  }
  if (!warm_up.unsteady.empty()) {
    result.manifest.steady = false;
    result.warnings.push_back(fmt::format("NOT STEADY: {}{}. Latencies depend on the length of the run",
                                          warm_up.unsteady, slow_part_text(spec, waits, counted)));
  } else {
    result.answer.standings.push_back(
        {"steady", fmt::format("{} of {} requests count, behind the warm-up", counted.size(), records.size())});
  }
  return "";
}

// Pauses between two outputs of a request, in ms.
sim::metrics::Histogram pauses_of(const ServingSpec& spec, const DecodeInstances& decode, Records counted)
{
  sim::metrics::Histogram pauses("ms");
  for (std::uint32_t number = 0; number < decode.all().size(); ++number) {
    const auto is_here = [&](const RequestRecord& record) { return spec.decode_instance_of(record.rank) == number; };
    decode.all()[number].work().outputs.add_pauses(spec.first_token, counted, is_here, pauses);
  }
  return pauses;
}

MeasuredLoads measured_loads(Records records, const DecodeRoom& room, const WarmUp& warm_up,
                             const sim::metrics::Result& result)
{
  const auto value_of = [&](std::string_view name) {
    const sim::metrics::Metric* metric = result.find(name);
    return metric != nullptr ? std::optional(metric->value) : std::nullopt;
  };
  return {.prefill_busy = value_of("prefill_utilisation"),
          .prefill_fill = value_of("prefill_batch_fill"),
          .decode = room_taken(records.subspan(warm_up.requests), arrival_window(records, warm_up.requests), room),
          .dropped_blocks = value_of("pool_dropped_blocks").value_or(0)};
}

}  // namespace

void run_serving(const ServingSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                 std::uint64_t seed, sim::metrics::Progress& progress, sim::metrics::Result& result,
                 const ServingExtras& extras)
{
  refuse_what_does_not_fit(spec, model, machine);
  const Preview preview = preview_of(spec, seed);
  const topology::Supernode supernode(machine.topology);
  const CellStore store(spec.keeps_cells ? extras.cell_folder : "");
  IterationCells cells({spec.decode, spec.decode_fabric, spec.prefill.deployment, spec.prefill_fabric},
                       {model, machine, supernode, spec.cell_layers, seed}, store);
  ServingTimeline timeline(extras.timeline, spec);
  sim::engine::Engine engine;
  Service service({spec, model, machine, seed, preview.requests, engine, cells, timeline, progress});
  SeriesRecorder recorder(service, spec, series_step(preview.last_arrival));
  const auto source = requests_of(spec, seed);
  engine.spawn("arrivals", [&](sim::engine::Control& control) { service.let_in(control, *source); });
  engine.spawn("series", [&](sim::engine::Control& control) { recorder.watch(control); });
  engine.run();
  ensure(service.book().is_done(), "no actor is left, and requests are still in flight");

  const Records records = service.book().records();
  WarmUp warm_up = warm_up_of(spec, records);
  const DecodeRoom room = room_of(spec, model, service);
  const auto overload = overload_of(records, warm_up.requests, warm_up.ttft_rises, room);
  if (!overload)
    leave_out_filling(spec, records, warm_up);
  const Measurements measured(spec, records.subspan(warm_up.requests));
  const std::string limit = add_verdict(spec, service, overload, warm_up, result);
  add_metrics({spec, model, machine, service, cells, measured, warm_up.requests}, result);
  measured.report(result);
  result.answer.limit = limit_sentence(measured_loads(records, room, warm_up, result), limit, result);
  result.add(ServingMetrics["itl_ms"], pauses_of(spec, service.decode(), records.subspan(warm_up.requests)));
  recorder.report(result);
  if (extras.timeline != nullptr)
    add_slowest_tracks(spec.first_token, records, warm_up.requests, *extras.timeline);
  timeline.add(result.series);
  add_latency_series(spec, records, result);
  add_slowest_tables(spec.first_token, records, warm_up.requests, result);
  if (spec.writes_requests)
    result.files.emplace_back("requests.csv", requests_csv(spec, records, warm_up.requests));
  add_copies_notes(spec, result);
  add_trace_notes(spec, preview, result);
  if (spec.trace && spec.trace->skip_damaged_lines)
    result.add(ServingMetrics["trace_lines_skipped"], static_cast<double>(preview.counts.skipped));
  if (preview.counts.failed > 0)
    result.add(ServingMetrics["trace_requests_failed"], static_cast<double>(preview.counts.failed));
  if (spec.scaling.copies > 1)
    result.notes.push_back(
        fmt::format("every request is there {} times, with prefixes of its own each time", spec.scaling.copies));
  if (spec.pool.is_on && !preview.has_blocks)
    result.notes.emplace_back(
        "the trace has no hash ids: nothing is known to be shared, the context cache stays empty");
}

}  // namespace cm::workloads

#include "workloads/serving/serving.h"

#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"
#include "workloads/serving/measurements.h"
#include "workloads/serving/series_recorder.h"
#include "workloads/serving/serving_verdict.h"
#include "workloads/serving/warm_up.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::workloads {
namespace {

// Reading ahead costs little beside simulating, and a damaged trace is told before anything is simulated.
struct Preview {
  std::uint64_t requests = 0;
  std::uint64_t skipped = 0;
  std::uint64_t spread = 0;
  bool has_blocks = false;
};

Preview preview_of(const ServingSpec& spec, std::uint64_t seed)
{
  Preview preview;
  const auto source = requests_of(spec, seed);
  while (const auto request = source->next()) {
    ++preview.requests;
    preview.has_blocks = preview.has_blocks || !request->blocks.empty();
  }
  preview.skipped = source->skipped();
  preview.spread = source->spread();
  if (preview.requests == 0)
    throw ConfigError(fmt::format("{}: expected at least one request, found none", spec.trace->path));
  return preview;
}

void refuse_what_does_not_fit(const ServingSpec& spec, const models::ModelSpec& model,
                              const models::MachineSpec& machine)
{
  for (const std::string& refusal : {spec.prefill.refusal, spec.decode.refusal})
    if (!refusal.empty())
      throw RefusedByModel(refusal);
  const models::HbmBudget budget =
      prefill_budget(spec.prefill.deployment, model, machine.die, {{{spec.prefill.deployment.batch_tokens, 0}}});
  if (!budget.fits())
    throw RefusedByModel("the prefill deployment does not fit the HBM: " + budget.text());
}

// What requests wait for: the fuller of the two stages.
std::string_view limit_of(const Service& service, double seconds)
{
  double prefill = 0;
  for (const PrefillInstance& instance : service.prefill())
    prefill += instance.busy().count();
  prefill /= seconds * static_cast<double>(service.prefill().size());
  const DecodeInstance& decode = service.decode();
  if (decode.waits_for_memory() + decode.waits_for_batch() > 0 && prefill < 0.95)
    return decode.waits_for_memory() > decode.waits_for_batch() ? "memory for keys and values on decode dies"
                                                                : "places in the decode batch";
  return "prefill";
}

DecodeRoom room_of(const ServingSpec& spec, const DecodeInstance& decode)
{
  return {.requests = static_cast<double>(decode.places()),
          .tokens = ratio(decode.kv_room(), decode.bytes_of(1)) * spec.decode.dies()};
}

void add_verdict(const ServingSpec& spec, const Service& service, const WarmUp& warm_up, Seconds end,
                 sim::metrics::Result& result)
{
  const ArrivalWindow window = arrival_window(service.records(), warm_up.requests);
  result.add("warm_up_requests", static_cast<double>(warm_up.requests), "count",
             fmt::format("the first ones, which statistics leave out: {}", warm_up.rule));
  result.add("arrival_rps", window.arrivals, "1/s", "requests that arrived after the warm-up / time");
  if (const auto overload =
          overload_of(service.records(), warm_up.requests, warm_up.ttft_rises, room_of(spec, service.decode()))) {
    result.manifest.steady = false;
    result.add("sustainable_rps", overload->sustainable, "1/s",
               "requests that reached decode after the warm-up / time until the last of them did; not more than what "
               "decode has room for / mean time in decode");
    result.warnings.push_back(
        fmt::format("OVERLOADED: {:.4g} requests/s arrive and {:.4g} could be served; limit: {}. Latencies grow with "
                    "the length of the run",
                    window.arrivals, overload->sustainable,
                    overload->limit.empty() ? limit_of(service, end.count()) : overload->limit));
  } else if (!warm_up.unsteady.empty()) {
    result.manifest.steady = false;
    result.warnings.push_back(
        fmt::format("NOT STEADY: {}. Latencies depend on the length of the run", warm_up.unsteady));
  }
}

void add_levels(double seconds, const Measurements& measured, sim::metrics::Result& result)
{
  result.add("goodput_rps", seconds > 0 ? static_cast<double>(measured.good()) / seconds : 0, "1/s",
             "requests after the warm-up that held the SLO / time in which they arrived");
  const auto share = [&](std::uint64_t requests) {
    return static_cast<double>(requests) / static_cast<double>(std::max<std::uint64_t>(1, measured.counted()));
  };
  result.add("slo_attainment", share(measured.good()), "1",
             "share of the requests after the warm-up that held slo.ttft and slo.tpot");
  result.add("slo_ttft_attainment", share(measured.held_ttft()), "1", "that held slo.ttft");
  result.add("slo_tpot_attainment", share(measured.held_tpot()), "1", "that held slo.tpot");
}

void add_counts(const Service& service, Seconds end, sim::metrics::Result& result)
{
  const Census last = service.census(end);
  const Census& then = service.at_last_arrival();
  for (const Census& census : {last, then})
    ensure(census.arrived == census.refused + census.finished + census.in_flight,
           "{} requests arrived, {} were refused, {} finished, {} are in flight", census.arrived, census.refused,
           census.finished, census.in_flight);
  result.add("requests", static_cast<double>(last.arrived), "count", "that arrived");
  result.add("requests_finished", static_cast<double>(last.finished), "count", "of these");
  result.add("requests_refused", static_cast<double>(last.refused), "count",
             "longer than the model's context or the HBM of a decode die");
  result.add("in_flight_at_last_arrival", static_cast<double>(then.in_flight), "count", "arrived - refused - finished");
}

void add_work(const ServingSpec& spec, const Service& service, const Measurements& measured, Seconds end,
              sim::metrics::Result& result)
{
  double busy = 0;
  double delayed = 0;
  std::int64_t batches = 0;
  std::int64_t tokens = 0;
  for (const PrefillInstance& instance : service.prefill()) {
    busy += instance.busy().count();
    delayed += instance.delayed().count();
    batches += instance.batches();
    tokens += instance.new_tokens();
  }
  const DecodeInstance& decode = service.decode();
  result.add("prefill_utilisation", busy / end.count() / spec.prefill_instances, "1", "time with a batch / time");
  result.add("prefill_tokens_per_batch", static_cast<double>(tokens) / static_cast<double>(batches), "tokens",
             "new ones, mean");
  result.add("prefill_tokens_per_s_per_npu",
             measured.prompt_tokens() > 0 && busy > 0 ? static_cast<double>(tokens) / busy / spec.prefill_npus /
                                                            (1 - static_cast<double>(measured.cached_tokens()) /
                                                                     static_cast<double>(measured.prompt_tokens()))
                                                      : 0,
             "1/s", "tokens of prompts, reused ones included / busy time of the NPUs");
  result.add("decode_utilisation", decode.busy().count() / end.count(), "1", "time with an iteration / time");
  result.add("decode_iterations", static_cast<double>(decode.iterations()), "count", "");
  result.add("prefill_delayed", busy > 0 ? delayed / busy : 0, "1",
             "share of the time with a batch that keys and values on its lanes added");
  result.add("decode_delayed", decode.busy() > Seconds(0) ? ratio(decode.delayed(), decode.busy()) : 0, "1",
             "share of the time with an iteration that keys and values on its lanes added");
  result.add("decode_kv_peak", ratio(decode.kv_reserved_most(), decode.kv_room()), "1",
             "most of a die's room for keys and values that was reserved");
  if (decode.target_is_missed_alone())
    result.warnings.push_back(
        fmt::format("an iteration with one request a die takes longer than tpot_target, {:.4g} ms, "
                    "allows: admission control cannot hold it",
                    spec.tpot_target->count() * 1e3));
}

void add_pool(const ServingSpec& spec, const Service& service, const Measurements& measured,
              sim::metrics::Result& result)
{
  const auto& planes = service.planes();
  for (const auto& [plane, name] : {std::pair{Plane::Rdma, "rdma_bytes"}, std::pair{Plane::Vpc, "vpc_bytes"},
                                    std::pair{Plane::Ub, "ub_kv_bytes"}}) {
    ensure(planes.entered(plane) == planes.left(plane), "{}: {} B entered the plane, {} B left it", name,
           planes.entered(plane), planes.left(plane));
    result.add(name, static_cast<double>(planes.left(plane)), "B", "moved over the plane");
  }
  if (!spec.pool.is_on)
    return;
  service.pool().cache().check();
  result.add("hit_rate",
             static_cast<double>(measured.cached_tokens()) /
                 static_cast<double>(std::max<std::int64_t>(1, measured.prompt_tokens())),
             "1", "tokens of prompts that were found in the context cache, after the warm-up");
  result.add("hit_rate_dram", service.pool().hit_rate(models::ContextCache::Tier::Dram), "1",
             "blocks found in DRAM / blocks of prompts, all requests");
  result.add("hit_rate_volume", service.pool().hit_rate(models::ContextCache::Tier::Volume), "1",
             "blocks found on volumes / blocks of prompts, all requests");
  result.add("pool_dropped_blocks", static_cast<double>(service.pool().cache().dropped()), "blocks",
             "that made room in the last tier");
}

void add_cells(const IterationCells& cells, sim::metrics::Result& result)
{
  const auto decode = cells.decode().leave_one_out();
  const auto prefill = cells.prefill().leave_one_out();
  result.add("cells_decode", static_cast<double>(cells.decode().cells()), "count",
             "iterations simulated packet by packet");
  result.add("cells_prefill", static_cast<double>(cells.prefill().cells()), "count",
             "batches simulated packet by packet");
  result.add("cells_error", std::max(decode.worst, prefill.worst), "1",
             fmt::format("largest error when a cell is predicted from its neighbours; mean {:.2g} decode, {:.2g} "
                         "prefill",
                         decode.mean, prefill.mean));
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
  IterationCells cells(spec, model, machine, supernode, seed, store);
  ServingTimeline timeline(extras.timeline, spec);
  sim::engine::Engine engine;
  Service service({spec, model, machine, seed, preview.requests, engine, cells, timeline, progress});
  SeriesRecorder recorder(service, spec);
  Seconds end;
  const auto source = requests_of(spec, seed);
  engine.spawn("arrivals", [&](sim::engine::Control& control) { service.let_in(control, *source); });
  engine.spawn("series", [&](sim::engine::Control& control) {
    recorder.watch(control);
    end = control.now();
  });
  engine.run();

  const WarmUp warm_up = warm_up_of(spec, service.records());
  const auto counted = service.records().subspan(warm_up.requests);
  const Measurements measured(spec, counted);
  add_verdict(spec, service, warm_up, end, result);
  add_levels(arrival_window(service.records(), warm_up.requests).seconds, measured, result);
  add_counts(service, end, result);
  add_work(spec, service, measured, end, result);
  add_pool(spec, service, measured, result);
  add_cells(cells, result);
  measured.report(result);
  recorder.report(result);
  timeline.add(result.series);
  if (spec.writes_requests)
    result.files.emplace_back("requests.csv", service.log().csv(warm_up.requests));
  if (preview.spread > 0)
    result.notes.push_back(
        fmt::format("{} requests that share a time stamp with others are spread evenly over the {:.3g} s "
                    "after it",
                    preview.spread, spec.trace->spread.count()));
  if (spec.trace && spec.trace->skip_damaged_lines)
    result.add("trace_lines_skipped", static_cast<double>(preview.skipped), "count", "damaged lines of the trace");
  if (spec.scaling.copies > 1)
    result.notes.push_back(
        fmt::format("every request is there {} times, with prefixes of its own each time", spec.scaling.copies));
  if (spec.pool.is_on && !preview.has_blocks)
    result.notes.emplace_back(
        "the trace has no hash ids: nothing is known to be shared, the context cache stays empty");
}

}  // namespace cm::workloads

#include "workloads/serving_report/serving_metrics.h"

#include "sim/diagnostics/ensure.h"
#include "workloads/serving_report/serving_metric_table.h"
#include "workloads/serving_report/serving_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::workloads {
namespace {

using sim::metrics::Result;

// Fewer requests than this share hold the levels: most users miss them.
constexpr double MostMiss = 0.5;
// Share of the largest batch: below it, work that does not shrink with the tokens takes most of a batch's time.
constexpr double SmallBatch = 1.0 / 8;

std::optional<double> share_of(std::uint64_t part, std::uint64_t whole)
{
  return sim::metrics::share_of(static_cast<double>(part), static_cast<double>(whole));
}

void note_misses(const ServingOutcome& outcome, Result& result)
{
  const Measurements& measured = outcome.measured;
  const std::optional<double> good = share_of(measured.good(), measured.asked());
  if (!good || *good >= MostMiss || measured.ttft().count() == 0)
    return;
  const bool is_ttft = measured.held_ttft() <= measured.held_tpot();
  const auto& times = is_ttft ? measured.ttft() : measured.tpot();
  const auto held = static_cast<double>(is_ttft ? measured.held_ttft() : measured.held_tpot());
  const Seconds level = is_ttft ? outcome.spec.slo_ttft : outcome.spec.slo_tpot;
  result.notes.push_back(fmt::format(
      "only {:.3g} % of the requests hold the SLO. Missed more often: slo.{} of {:.4g} ms, which {:.3g} % hold; the "
      "median is {:.4g} ms",
      100 * *good, is_ttft ? "ttft" : "tpot", level.count() * 1e3, 100 * held / static_cast<double>(measured.asked()),
      times.quantile(0.5).value_or(0)));
}

void add_levels(const ServingOutcome& outcome, Result& result)
{
  const Measurements& measured = outcome.measured;
  const double seconds = arrival_window(outcome.service.book().records(), outcome.warm_up).seconds;
  result.add(ServingMetrics["goodput_rps"], sim::metrics::share_of(static_cast<double>(measured.good()), seconds));
  result.add(ServingMetrics["slo_attainment"], share_of(measured.good(), measured.asked()));
  result.add(ServingMetrics["slo_ttft_attainment"], share_of(measured.held_ttft(), measured.asked()));
  result.add(ServingMetrics["slo_tpot_attainment"], share_of(measured.held_tpot(), measured.asked()));
  note_misses(outcome, result);
}

void warn_of_refusals(const ServingOutcome& outcome, std::uint64_t arrived, std::uint64_t refused, Result& result)
{
  if (refused == 0)
    return;
  const Refusals& refusals = outcome.service.book().refusals();
  const Bytes room = outcome.service.decode().memory_of_die();
  result.warnings.push_back(fmt::format(
      "{} of {} requests were refused, which counts as a miss of the SLO: {} longer than the model's context of {} "
      "tokens, {} others longer than the {:.0f} tokens that the HBM of a decode die has room for; the longest has {} "
      "tokens",
      refused == arrived ? "all" : fmt::format("{}", refused), arrived, refusals.context, outcome.model.max_position,
      refusals.memory, ratio(room, kv_bytes_per_token(outcome.spec, outcome.model)), refusals.longest));
}

void add_counts(const ServingOutcome& outcome, Result& result)
{
  const Census last = outcome.service.book().census(outcome.service.book().last_event());
  const Census& then = outcome.service.book().at_last_arrival();
  for (const Census& census : {last, then})
    ensure(census.arrived == census.refused + census.finished + census.in_flight,
           "{} requests arrived, {} were refused, {} finished, {} are in flight", census.arrived, census.refused,
           census.finished, census.in_flight);
  result.add(ServingMetrics["requests"], static_cast<double>(last.arrived));
  result.add(ServingMetrics["requests_finished"], static_cast<double>(last.finished));
  result.add(ServingMetrics["requests_refused"], static_cast<double>(last.refused));
  result.add(ServingMetrics["in_flight_at_last_arrival"], static_cast<double>(then.in_flight));
  warn_of_refusals(outcome, last.arrived, last.refused, result);
}

// When work is measured, and what is said of that.
struct Window {
  Stretch time;
  std::string_view text;
};

struct PrefillWork {
  Seconds busy;          // inside the window, of all instances
  Seconds batches_time;  // of the batches that began in it, to their end
  std::int64_t batches = 0;
  std::int64_t new_tokens = 0;
  std::int64_t reused_tokens = 0;
};

PrefillWork prefill_work(const Service& service, const Stretch& window)
{
  PrefillWork work;
  for (const PrefillInstance& instance : service.prefill()) {
    work.busy += instance.busy().within(window);
    for (const PrefillInstance::Done& batch : instance.done())
      if (batch.time.begin >= window.begin && batch.time.begin <= window.end) {
        work.batches_time += batch.time.length();
        ++work.batches;
        work.new_tokens += batch.new_tokens;
        work.reused_tokens += batch.reused_tokens;
      }
  }
  return work;
}

// Before it queues fill, behind it they empty. Requests that all come at once leave nothing between.
Window window_of(const ServingOutcome& outcome)
{
  const auto records = outcome.service.book().records();
  const auto arrival = [&](std::size_t number) {
    return to_seconds(Picoseconds(records[number].when(Milestone::Arrived)));
  };
  if (outcome.warm_up < records.size()) {
    const Stretch counted{arrival(outcome.warm_up), arrival(records.size() - 1)};
    if (counted.length() > Seconds(0) && prefill_work(outcome.service, counted).batches > 0)
      return {counted, "from the end of the warm-up to the last arrival"};
  }
  return {{arrival(0), outcome.service.book().last_event()}, "from the first arrival to the last token"};
}

void note_small_batches(double tokens, std::int64_t most, Result& result)
{
  if (tokens > 0 && tokens < SmallBatch * static_cast<double>(most))
    result.notes.push_back(fmt::format(
        "prefill batches have {:.0f} of at most {} tokens in the mean: host turns (machine.die.host.turn), fitted on "
        "batches of 8,192 and 16,384 tokens per NPU, take most of their time. Times to first token and the worth of "
        "the "
        "cache are an extrapolation (D226)",
        tokens, most));
}

// Work of all decode instances.
struct DecodeSums {
  Seconds busy;
  Seconds busy_within;  // the window
  Seconds delayed;
  std::int64_t iterations = 0;
  std::int64_t tokens_within = 0;
};

DecodeSums decode_sums(const Service& service, const Stretch& window)
{
  DecodeSums sums;
  for (const DecodeInstance& instance : service.decode().all()) {
    const DecodeWork& work = instance.work();
    sums.busy += work.busy.total();
    sums.busy_within += work.busy.within(window);
    sums.delayed += work.delayed;
    sums.iterations += work.iterations;
    sums.tokens_within += work.outputs.within(window).tokens;
  }
  return sums;
}

void add_delays(const Service& service, const DecodeSums& decode, Result& result)
{
  Seconds busy;
  Seconds delayed;
  for (const PrefillInstance& instance : service.prefill()) {
    busy += instance.busy().total();
    delayed += instance.delayed();
  }
  result.add(ServingMetrics["prefill_delayed"], sim::metrics::share_of(delayed.count(), busy.count()));
  result.add(ServingMetrics["decode_delayed"], sim::metrics::share_of(decode.delayed.count(), decode.busy.count()));
}

void add_prefill(const ServingOutcome& outcome, const Window& window, Result& result)
{
  const ServingSpec& spec = outcome.spec;
  const PrefillWork prefill = prefill_work(outcome.service, window.time);
  result.add(ServingMetrics["prefill_utilisation"],
             sim::metrics::share_of(prefill.busy.count(), window.time.length().count() * spec.prefill_instances),
             fmt::format("time with a batch / time, {}", window.text));
  const std::optional<double> tokens =
      sim::metrics::share_of(static_cast<double>(prefill.new_tokens), static_cast<double>(prefill.batches));
  if (!tokens)
    return;
  const std::int64_t most = spec.prefill.deployment.batch_tokens;
  result.add(
      ServingMetrics["prefill_batch_fill"], *tokens / static_cast<double>(most),
      fmt::format("new tokens of a batch / {}, the most that it takes; mean of the batches that began then", most));
  result.add(ServingMetrics["prefill_tokens_per_batch"], tokens);
  result.add(ServingMetrics["prefill_tokens_per_s_per_npu"],
             sim::metrics::share_of(static_cast<double>(prefill.new_tokens + prefill.reused_tokens),
                                    prefill.batches_time.count() * spec.prefill_npus));
  note_small_batches(*tokens, most, result);
}

void add_decode(const ServingOutcome& outcome, const DecodeSums& sums, const Window& window, Result& result)
{
  const DecodeInstances& decode = outcome.service.decode();
  const std::uint32_t instances = outcome.spec.decode_instances;
  result.add(ServingMetrics["decode_utilisation"],
             sim::metrics::share_of(sums.busy_within.count(), window.time.length().count() * instances),
             fmt::format("time with an iteration / time, {}, mean over decode instances", window.text));
  result.add(ServingMetrics["decode_iterations"], static_cast<double>(sums.iterations));
  add_delays(outcome.service, sums, result);
  // Without an admitted request there is no largest reservation.
  if (decode.reserved_most() > Bytes(0))
    result.add(ServingMetrics["decode_kv_peak"], ratio(decode.reserved_most(), decode.memory_of_die()));
  if (std::ranges::any_of(decode.all(), &DecodeInstance::target_is_missed_alone))
    result.warnings.push_back(
        fmt::format("an iteration with one request a die takes longer than tpot_target, {:.4g} ms, "
                    "allows: admission control cannot hold it",
                    outcome.spec.tpot_target->count() * 1e3));
}

// Requests that a decode instance answered.
struct Answered {
  std::int64_t requests = 0;           // of the whole run
  sim::metrics::Histogram tpot{"ms"};  // of those that count
};

// [instance]
std::vector<Answered> answered_by(const ServingOutcome& outcome)
{
  std::vector<Answered> answered(outcome.spec.decode_instances);
  const auto records = outcome.service.book().records();
  for (std::size_t number = 0; number < records.size(); ++number) {
    const RequestRecord& record = records[number];
    if (record.when(Milestone::Decoded) == 0)
      continue;
    Answered& here = answered[outcome.spec.decode_instance_of(record.rank)];
    ++here.requests;
    if (number >= outcome.warm_up && has_tpot(outcome.spec.first_token, record))
      here.tpot.record(tpot_ms(outcome.spec.first_token, record));
  }
  return answered;
}

std::vector<sim::metrics::Table::Cell> cells_of(const DecodeInstance& instance, const Answered& answered,
                                                const Stretch& window)
{
  using sim::metrics::cell_of;
  using sim::metrics::share_of;
  const DecodeWork& work = instance.work();
  const DecodeDies& dies = instance.queue().dies();
  const OutputEvents::Sums sums = work.outputs.within(window);
  const double time = window.length().count();
  return {static_cast<double>(answered.requests),
          static_cast<double>(work.iterations),
          cell_of(share_of(work.busy.within(window).count(), time)),
          cell_of(share_of(static_cast<double>(sums.requests), static_cast<double>(sums.iterations))),
          cell_of(share_of(static_cast<double>(sums.tokens), time)),
          cell_of(answered.tpot.quantile(0.5)),
          ratio(dies.reserved_most(), dies.room().memory)};
}

// One alone is in the metrics.
void add_decode_table(const ServingOutcome& outcome, const Window& window, Result& result)
{
  const std::deque<DecodeInstance>& instances = outcome.service.decode().all();
  if (instances.size() == 1)
    return;
  sim::metrics::Table table{
      .name = "decode_instances",
      .sentence =
          fmt::format("each decode instance: requests that it answered and its iterations, of the whole run; {}: the "
                      "share of the time in which it worked, the mean batch of its iterations in requests, and the "
                      "tokens that left it per second; the median time per output token of its requests after the "
                      "warm-up; and the largest share of a die's memory for keys and values that was reserved",
                      window.text),
      .columns = {"instance", "requests", "iterations", "utilisation", "mean_batch", "output_tokens_per_s",
                  "tpot_p50_ms", "kv_peak"},
      .rows = {}};
  const std::vector<Answered> answered = answered_by(outcome);
  for (std::size_t number = 0; number < instances.size(); ++number)
    table.rows.push_back({fmt::format("{}", number), cells_of(instances[number], answered[number], window.time)});
  result.tables.push_back(std::move(table));
}

std::uint32_t npus_of(const ServingOutcome& outcome)
{
  const std::uint32_t dies_per_npu = outcome.machine.topology.dies_per_npu;
  return outcome.spec.prefill_instances * outcome.spec.prefill_npus +
         outcome.spec.decode_instances * ((outcome.spec.decode.dies() + dies_per_npu - 1) / dies_per_npu);
}

// Where prefill gives the first token, it leaves with the end of the prompt's prefill.
std::int64_t first_tokens_within(const ServingOutcome& outcome, const Stretch& window)
{
  if (outcome.spec.first_token == FirstToken::Decode)
    return 0;
  return std::ranges::count_if(outcome.service.book().records(), [&](const RequestRecord& record) {
    const Seconds left = to_seconds(Picoseconds(record.when(Milestone::Prefilled)));
    return record.is_finished() && left >= window.begin && left <= window.end;
  });
}

void add_output(const ServingOutcome& outcome, const DecodeSums& sums, const Window& window, Result& result)
{
  const std::int64_t tokens = sums.tokens_within + first_tokens_within(outcome, window.time);
  const std::optional<double> rate = sim::metrics::share_of(static_cast<double>(tokens), window.time.length().count());
  const std::uint32_t npus = npus_of(outcome);
  result.add(ServingMetrics["npus"], npus);
  result.add(ServingMetrics["output_tokens_per_s"], rate, fmt::format("tokens that left / time, {}", window.text));
  result.add(ServingMetrics["output_tokens_per_s_per_npu"], rate ? std::optional(*rate / npus) : std::nullopt);
}

void add_work(const ServingOutcome& outcome, Result& result)
{
  const Window window = window_of(outcome);
  const DecodeSums sums = decode_sums(outcome.service, window.time);
  add_output(outcome, sums, window, result);
  add_prefill(outcome, window, result);
  add_decode(outcome, sums, window, result);
  add_decode_table(outcome, window, result);
}

void add_pool(const ServingOutcome& outcome, Result& result)
{
  const Planes& planes = outcome.service.planes();
  struct Moved {
    Plane plane;
    const sim::metrics::MetricDeclaration& metric;
  };
  for (const auto& [plane, metric] :
       {Moved{Plane::Rdma, ServingMetrics["rdma_bytes"]}, Moved{Plane::Vpc, ServingMetrics["vpc_bytes"]},
        Moved{Plane::Ub, ServingMetrics["ub_kv_bytes"]}}) {
    ensure(planes.entered(plane) == planes.left(plane), "{}: {} B entered the plane, {} B left it", metric.name,
           planes.entered(plane), planes.left(plane));
    result.add(metric, static_cast<double>(planes.left(plane)));
  }
  if (!outcome.spec.pool.is_on)
    return;
  const KvPool& pool = outcome.service.pool();
  pool.cache().check();
  result.add(ServingMetrics["hit_rate"], sim::metrics::share_of(static_cast<double>(outcome.measured.cached_tokens()),
                                                                static_cast<double>(outcome.measured.prompt_tokens())));
  const std::optional<double> in_dram = pool.hit_rate(models::ContextCache::Tier::Dram);
  result.add(ServingMetrics["hit_rate_dram"], in_dram);
  result.add(ServingMetrics["hit_rate_volume"], pool.hit_rate(models::ContextCache::Tier::Volume));
  // A pool that was never asked has dropped nothing because it was given nothing.
  if (in_dram)
    result.add(ServingMetrics["pool_dropped_blocks"], static_cast<double>(pool.cache().dropped()));
}

std::string error_text(std::string_view table, const CellTable::Error& error)
{
  return error.predictions == 0 ? fmt::format("{}: none could be predicted", table)
                                : fmt::format("{}: {} predicted, mean {:.2g}", table, error.predictions, error.mean);
}

void add_cells(const IterationCells& cells, Result& result)
{
  const auto decode = cells.decode().leave_one_out();
  const auto prefill = cells.prefill().leave_one_out();
  result.add(ServingMetrics["cells_decode"], static_cast<double>(cells.decode().cells()));
  result.add(ServingMetrics["cells_prefill"], static_cast<double>(cells.prefill().cells()));
  if (decode.predictions + prefill.predictions > 0)
    result.add(ServingMetrics["cells_error"], std::max(decode.worst, prefill.worst),
               fmt::format("largest error when a cell is predicted from its neighbours; {}; {}",
                           error_text("decode", decode), error_text("prefill", prefill)));
}

}  // namespace

void add_metrics(const ServingOutcome& outcome, Result& result)
{
  // Prefill batches rest on it, and what is measured up to the first token on them.
  result.reliances.push_back({"machine.die.host.turn",
                              {"ttft_ms", "e2e_ms", "goodput_rps", "slo_attainment", "slo_ttft_attainment",
                               "sustainable_rps", "prefill_utilisation", "prefill_tokens_per_s_per_npu", "queue_ms",
                               "output_tokens_per_s", "output_tokens_per_s_per_npu"}});
  add_levels(outcome, result);
  add_counts(outcome, result);
  add_work(outcome, result);
  add_pool(outcome, result);
  add_cells(outcome.cells, result);
}

}  // namespace cm::workloads

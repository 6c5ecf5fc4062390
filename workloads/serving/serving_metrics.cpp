#include "workloads/serving/serving_metrics.h"

#include "sim/diagnostics/ensure.h"
#include "workloads/serving/serving_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace cm::workloads {
namespace {

using sim::metrics::Result;

// Fewer requests than this share hold the levels: most users miss them.
constexpr double MostMiss = 0.5;
// Of the largest batch: below it, what does not shrink with the tokens takes most of a batch's time.
constexpr double SmallBatch = 1.0 / 8;

double ratio_of(double part, double whole)
{
  return whole > 0 ? part / whole : 0;
}

double ratio_of(std::uint64_t part, std::uint64_t whole)
{
  return ratio_of(static_cast<double>(part), static_cast<double>(whole));
}

void note_misses(const ServingOutcome& outcome, Result& result)
{
  const Measurements& measured = outcome.measured;
  if (measured.ttft().count() == 0 || ratio_of(measured.good(), measured.asked()) >= MostMiss)
    return;
  const bool is_ttft = measured.held_ttft() <= measured.held_tpot();
  const auto& times = is_ttft ? measured.ttft() : measured.tpot();
  const Seconds level = is_ttft ? outcome.spec.slo_ttft : outcome.spec.slo_tpot;
  result.notes.push_back(fmt::format(
      "only {:.3g} % of the requests hold the SLO. Missed more often: slo.{} of {:.4g} ms, which {:.3g} % hold; the "
      "median is {:.4g} ms",
      100 * ratio_of(measured.good(), measured.asked()), is_ttft ? "ttft" : "tpot", level.count() * 1e3,
      100 * ratio_of(is_ttft ? measured.held_ttft() : measured.held_tpot(), measured.asked()), times.quantile(0.5)));
}

void add_levels(const ServingOutcome& outcome, Result& result)
{
  const Measurements& measured = outcome.measured;
  const double seconds = arrival_window(outcome.service.records(), outcome.warm_up).seconds;
  result.add("goodput_rps", ratio_of(static_cast<double>(measured.good()), seconds), "1/s",
             "requests after the warm-up that held the SLO / time in which they arrived");
  result.add("slo_attainment", ratio_of(measured.good(), measured.asked()), "1",
             "share of the requests after the warm-up that held slo.ttft and slo.tpot; refused ones hold neither");
  result.add("slo_ttft_attainment", ratio_of(measured.held_ttft(), measured.asked()), "1", "that held slo.ttft");
  result.add("slo_tpot_attainment", ratio_of(measured.held_tpot(), measured.asked()), "1",
             "that held slo.tpot, or left all tokens at once");
  note_misses(outcome, result);
}

void warn_of_refusals(const ServingOutcome& outcome, std::uint64_t arrived, std::uint64_t refused, Result& result)
{
  if (refused == 0)
    return;
  const Refusals& refusals = outcome.service.refusals();
  const DecodeInstance& decode = outcome.service.decode();
  result.warnings.push_back(fmt::format(
      "{} of {} requests were refused, which counts as a miss of the SLO: {} longer than the model's context of {} "
      "tokens, {} others longer than the {:.0f} tokens that the HBM of a decode die has room for; the longest has {} "
      "tokens",
      refused == arrived ? "all" : fmt::format("{}", refused), arrived, refusals.context, outcome.model.max_position,
      refusals.memory, ratio(decode.kv_room(), decode.bytes_of(1)), refusals.longest));
}

void add_counts(const ServingOutcome& outcome, Result& result)
{
  const Census last = outcome.service.census(outcome.service.last_event());
  const Census& then = outcome.service.at_last_arrival();
  for (const Census& census : {last, then})
    ensure(census.arrived == census.refused + census.finished + census.in_flight,
           "{} requests arrived, {} were refused, {} finished, {} are in flight", census.arrived, census.refused,
           census.finished, census.in_flight);
  result.add("requests", static_cast<double>(last.arrived), "count", "that arrived");
  result.add("requests_finished", static_cast<double>(last.finished), "count", "of these");
  result.add("requests_refused", static_cast<double>(last.refused), "count",
             "longer than the model's context or the HBM of a decode die");
  result.add("in_flight_at_last_arrival", static_cast<double>(then.in_flight), "count", "arrived - refused - finished");
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
  const auto records = outcome.service.records();
  const auto arrival = [&](std::size_t number) {
    return to_seconds(Picoseconds(records[number].when(Milestone::Arrived)));
  };
  if (outcome.warm_up < records.size()) {
    const Stretch counted{arrival(outcome.warm_up), arrival(records.size() - 1)};
    if (counted.length() > Seconds(0) && prefill_work(outcome.service, counted).batches > 0)
      return {counted, "from the end of the warm-up to the last arrival"};
  }
  return {{arrival(0), outcome.service.last_event()}, "from the first arrival to the last token"};
}

void note_small_batches(double fill, double tokens, std::int64_t most, Result& result)
{
  if (tokens > 0 && fill < SmallBatch)
    result.notes.push_back(fmt::format(
        "prefill batches have {:.0f} of at most {} tokens in the mean: host turns (machine.die.host.turn), fitted on "
        "batches of 8,192 and 16,384 tokens per NPU, take most of their time. Times to first token and the worth of "
        "the "
        "cache are an extrapolation (D226)",
        tokens, most));
}

void add_delays(const Service& service, Result& result)
{
  Seconds busy;
  Seconds delayed;
  for (const PrefillInstance& instance : service.prefill()) {
    busy += instance.busy().total();
    delayed += instance.delayed();
  }
  const DecodeInstance& decode = service.decode();
  result.add("prefill_delayed", ratio_of(delayed.count(), busy.count()), "1",
             "share of the time with a batch that keys and values on its lanes added");
  result.add("decode_delayed", ratio_of(decode.delayed().count(), decode.busy().total().count()), "1",
             "share of the time with an iteration that keys and values on its lanes added");
}

void add_work(const ServingOutcome& outcome, Result& result)
{
  const ServingSpec& spec = outcome.spec;
  const Window window = window_of(outcome);
  const double time = window.time.length().count();
  const PrefillWork prefill = prefill_work(outcome.service, window.time);
  const double tokens = ratio_of(static_cast<double>(prefill.new_tokens), static_cast<double>(prefill.batches));
  const std::int64_t most = spec.prefill.deployment.batch_tokens;
  const double fill = tokens / static_cast<double>(most);
  result.add("prefill_utilisation", ratio_of(prefill.busy.count(), time * spec.prefill_instances), "1",
             fmt::format("time with a batch, however small / time, {}", window.text));
  result.add(
      "prefill_batch_fill", fill, "1",
      fmt::format("new tokens of a batch / {}, the most that it takes; mean of the batches that began then", most));
  result.add("prefill_tokens_per_batch", tokens, "tokens", "new ones, mean of the same batches");
  result.add("prefill_tokens_per_s_per_npu",
             ratio_of(static_cast<double>(prefill.new_tokens + prefill.reused_tokens),
                      prefill.batches_time.count() * spec.prefill_npus),
             "1/s", "tokens of prompts, reused ones included / time on the NPUs, of the same batches");
  const DecodeInstance& decode = outcome.service.decode();
  result.add("decode_utilisation", ratio_of(decode.busy().within(window.time).count(), time), "1",
             fmt::format("time with an iteration / time, {}", window.text));
  result.add("decode_iterations", static_cast<double>(decode.iterations()), "count", "");
  add_delays(outcome.service, result);
  result.add("decode_kv_peak", ratio(decode.kv_reserved_most(), decode.kv_room()), "1",
             "most of a die's room for keys and values that was reserved");
  if (decode.target_is_missed_alone())
    result.warnings.push_back(
        fmt::format("an iteration with one request a die takes longer than tpot_target, {:.4g} ms, "
                    "allows: admission control cannot hold it",
                    spec.tpot_target->count() * 1e3));
  note_small_batches(fill, tokens, most, result);
}

void add_pool(const ServingOutcome& outcome, Result& result)
{
  const Planes& planes = outcome.service.planes();
  for (const auto& [plane, name] : {std::pair{Plane::Rdma, "rdma_bytes"}, std::pair{Plane::Vpc, "vpc_bytes"},
                                    std::pair{Plane::Ub, "ub_kv_bytes"}}) {
    ensure(planes.entered(plane) == planes.left(plane), "{}: {} B entered the plane, {} B left it", name,
           planes.entered(plane), planes.left(plane));
    result.add(name, static_cast<double>(planes.left(plane)), "B", "moved over the plane");
  }
  if (!outcome.spec.pool.is_on)
    return;
  const KvPool& pool = outcome.service.pool();
  pool.cache().check();
  result.add("hit_rate",
             ratio_of(static_cast<double>(outcome.measured.cached_tokens()),
                      static_cast<double>(outcome.measured.prompt_tokens())),
             "1", "tokens of prompts that were found in the context cache, after the warm-up");
  result.add("hit_rate_dram", pool.hit_rate(models::ContextCache::Tier::Dram), "1",
             "blocks found in DRAM / blocks of prompts, all requests");
  result.add("hit_rate_volume", pool.hit_rate(models::ContextCache::Tier::Volume), "1",
             "blocks found on volumes / blocks of prompts, all requests");
  result.add("pool_dropped_blocks", static_cast<double>(pool.cache().dropped()), "blocks",
             "that made room in the last tier");
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
  result.add("cells_decode", static_cast<double>(cells.decode().cells()), "count",
             "iterations simulated packet by packet");
  result.add("cells_prefill", static_cast<double>(cells.prefill().cells()), "count",
             "batches simulated packet by packet");
  if (decode.predictions + prefill.predictions > 0)
    result.add("cells_error", std::max(decode.worst, prefill.worst), "1",
               fmt::format("largest error when a cell is predicted from its neighbours; {}; {}",
                           error_text("decode", decode), error_text("prefill", prefill)));
}

}  // namespace

void add_metrics(const ServingOutcome& outcome, Result& result)
{
  // Prefill batches rest on it, and what is measured up to the first token on them.
  result.reliances.push_back({"machine.die.host.turn",
                              {"ttft_ms", "e2e_ms", "goodput_rps", "slo_attainment", "slo_ttft_attainment",
                               "sustainable_rps", "prefill_utilisation", "prefill_tokens_per_s_per_npu"}});
  add_levels(outcome, result);
  add_counts(outcome, result);
  add_work(outcome, result);
  add_pool(outcome, result);
  add_cells(outcome.cells, result);
}

}  // namespace cm::workloads

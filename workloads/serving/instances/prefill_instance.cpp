#include "workloads/serving/instances/prefill_instance.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::workloads {

PrefillInstance::PrefillInstance(std::uint32_t number, const Setup& setup, Prefilled prefilled)
    : number_(number), spec_(setup.spec), engine_(setup.engine), cells_(setup.cells), planes_(setup.planes),
      timeline_(setup.timeline), prefilled_(std::move(prefilled))
{
}

void PrefillInstance::expect(InFlight& request, std::int64_t cached_tokens)
{
  request.expected = load_of({request.request.input_tokens - cached_tokens, cached_tokens});
  expected_ = expected_ + request.expected;
  ++expected_requests_;
}

Seconds PrefillInstance::time_of(const PrefillLoad& load)
{
  if (load.tokens == 0)
    return Seconds(0);
  const std::int64_t most = spec_.prefill.deployment.batch_tokens;
  const std::int64_t count = (load.tokens + most - 1) / most;
  const auto batches = static_cast<double>(count);
  return Seconds(cells_.prefill_batch(part_of(load, 1 / batches)).seconds) * batches;
}

Seconds PrefillInstance::cost_of(Seconds now, const Prompt& prompt)
{
  const Seconds with = time_of(expected_ + load_of(prompt));
  const Seconds longer = with - time_of(expected_);
  return std::max(Seconds(0), batch_ends_ - now) + with + longer * static_cast<double>(expected_requests_);
}

void PrefillInstance::submit(InFlight& request)
{
  queue_.push_back(&request);
  if (is_working_)
    return;
  is_working_ = true;
  engine_.spawn(fmt::format("prefill:{}", number_), [this](sim::engine::Control& control) { work(control); });
}

// An actor only while there is something to do.
void PrefillInstance::work(sim::engine::Control& control)
{
  control.sleep(spec_.batch_wait);
  planes_.lane_use(number_).forget();
  while (!queue_.empty()) {
    const Batch batch = take_batch(control.now());
    const Seconds start = control.now();
    const PrefillLoad load = cut(batch.prompts, 1).front();
    const Cell alone = cells_.prefill_batch(load);
    batch_ends_ = start + Seconds(alone.seconds);
    planes_.exchanges_take(number_, BytesPerSecond(alone.sent / alone.seconds));
    const Seconds lasted =
        work_beside(control, planes_.lane_use(number_), Seconds(alone.seconds),
                    [&](double kv_share) { return Seconds(cells_.prefill_batch(load, kv_share).seconds); });
    show(batch.prompts, start, control.now());
    const Stretch time{start, control.now()};
    busy_.add(time);
    done_.push_back(
        {.time = time, .new_tokens = workloads::new_tokens(batch.prompts), .reused_tokens = batch.reused_tokens});
    delayed_ += lasted - Seconds(alone.seconds);
    for (InFlight* request : batch.through)
      request->reach(Milestone::Prefilled, control.now());
    prefilled_(control, number_, batch.through);
  }
  planes_.exchanges_take(number_, BytesPerSecond(0));
  is_working_ = false;
}

void PrefillInstance::show(const PrefillBatch& batch, Seconds start, Seconds end)
{
  std::int64_t cached = 0;
  for (const Prompt& prompt : batch)
    cached += prompt.cached_tokens;
  timeline_.prefilled(number_, start, end,
                      {.prompts = batch.size(), .new_tokens = workloads::new_tokens(batch), .cached_tokens = cached});
}

PrefillInstance::Batch PrefillInstance::take_batch(Seconds now)
{
  Batch batch;
  std::int64_t room = spec_.prefill.deployment.batch_tokens;
  while (room > 0 && !queue_.empty()) {
    InFlight& request = *queue_.front();
    if (request.prefilled_tokens == 0) {
      request.reach(Milestone::Started, now);
      batch.reused_tokens += request.cached_tokens;
    }
    const std::int64_t before = request.cached_tokens + request.prefilled_tokens;
    const std::int64_t taken = std::min(room, request.request.input_tokens - before);
    batch.prompts.push_back({taken, before});
    request.prefilled_tokens += taken;
    room -= taken;
    expected_ = expected_ - request.expected;
    request.expected = load_of({request.request.input_tokens - before - taken, before + taken});
    expected_ = expected_ + request.expected;
    if (before + taken == request.request.input_tokens) {
      batch.through.push_back(&request);
      --expected_requests_;
      queue_.pop_front();
    }
  }
  return batch;
}

}  // namespace cm::workloads

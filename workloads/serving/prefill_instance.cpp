#include "workloads/serving/prefill_instance.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::workloads {

PrefillInstance::PrefillInstance(std::uint32_t number, const ServingSpec& spec, sim::engine::Engine& engine,
                                 IterationCells& cells, ServingTimeline& timeline, Prefilled prefilled)
    : number_(number), spec_(spec), engine_(engine), cells_(cells), timeline_(timeline),
      prefilled_(std::move(prefilled))
{
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
  while (!queue_.empty()) {
    const Batch batch = take_batch(control.now());
    const Seconds duration = cells_.prefill_batch(batch.prompts);
    const Seconds start = control.now();
    control.sleep(duration);
    show(batch.prompts, start, control.now());
    busy_ += duration;
    ++batches_;
    new_tokens_ += workloads::new_tokens(batch.prompts);
    for (InFlight* request : batch.through)
      request->reach(Milestone::Prefilled, control.now());
    prefilled_(control, number_, batch.through);
  }
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
    if (request.prefilled_tokens == 0)
      request.reach(Milestone::Started, now);
    const std::int64_t before = request.cached_tokens + request.prefilled_tokens;
    const std::int64_t taken = std::min(room, request.request.input_tokens - before);
    batch.prompts.push_back({taken, before});
    request.prefilled_tokens += taken;
    room -= taken;
    if (before + taken == request.request.input_tokens) {
      batch.through.push_back(&request);
      queue_.pop_front();
    }
  }
  return batch;
}

}  // namespace cm::workloads

#include "workloads/serving/instances/decode_instance.h"

#include <utility>

namespace cm::workloads {

using sim::engine::Control;

DecodeInstance::DecodeInstance(std::uint32_t number, const Setup& setup, Finished finished)
    : number_(number), spec_(setup.spec), dies_per_npu_(setup.dies_per_npu), engine_(setup.engine), cells_(setup.cells),
      planes_(setup.planes), hand_overs_(setup.hand_overs), timeline_(setup.timeline), finished_(std::move(finished)),
      queue_(setup.dies, setup.hand_overs, setup.kv_per_token,
             [this](std::int64_t requests_on_die, const InFlight& request) {
               return holds_target(requests_on_die, request);
             }),
      batch_(setup.spec.decode.dies(),
             {.tokens = setup.spec.decode.mtp_tokens, .acceptance = setup.spec.decode.mtp_acceptance})
{
}

void DecodeInstance::submit(InFlight& request, Seconds now)
{
  queue_.submit(request);
  admit(now);
}

void DecodeInstance::admit(Seconds now)
{
  while (InFlight* request = queue_.admit(now)) {
    request->decode_rank = number_ * spec_.decode.dies() + request->rank;
    hand_overs_.start(*request, [this](InFlight& arrived) { join(arrived); });
  }
}

// Whether an iteration with so many requests on the busiest die holds the target. Alone a request always goes on.
bool DecodeInstance::holds_target(std::int64_t requests_on_die, const InFlight& request)
{
  if (!spec_.tpot_target || requests_on_die <= queue_.dies().most_requests())
    return true;
  const double kv =
      static_cast<double>(batch_.kv_tokens() + request.kv_tokens()) / static_cast<double>(batch_.size() + 1);
  const bool holds =
      Seconds(iteration(requests_on_die, kv).seconds) <= *spec_.tpot_target * spec_.decode.tokens_per_iteration();
  if (!holds && requests_on_die == 1)
    target_is_missed_alone_ = true;
  return holds || requests_on_die == 1;
}

Cell DecodeInstance::iteration(std::int64_t requests_on_die, double mean_kv_tokens, double kv_share)
{
  return cells_.decode_iteration(static_cast<double>(requests_on_die * dies_per_npu_), mean_kv_tokens, kv_share);
}

// An actor only while there is something to do.
void DecodeInstance::join(InFlight& request)
{
  batch_.join(request);
  if (is_working_)
    return;
  is_working_ = true;
  engine_.spawn("decode", [this](Control& control) { run(control); });
}

void DecodeInstance::run(Control& control)
{
  planes_.lane_use(on_planes()).forget();
  while (!batch_.is_empty()) {
    iterate(control);
    for (InFlight* request : batch_.take_finished()) {
      queue_.release(*request);
      finished_(*request);
    }
    admit(control.now());
  }
  planes_.exchanges_take(on_planes(), BytesPerSecond(0));
  is_working_ = false;
}

void DecodeInstance::iterate(Control& control)
{
  batch_.begin_iteration();
  const auto beside = [this](double kv_share) {
    return iteration(batch_.on_busiest_die(), batch_.mean_kv_tokens(), kv_share);
  };
  const Seconds start = control.now();
  const Cell alone = beside(0);
  planes_.exchanges_take(on_planes(), BytesPerSecond(alone.sent / alone.seconds));
  const Seconds lasted = work_beside(control, planes_.lane_use(on_planes()), Seconds(alone.seconds),
                                     [&](double kv_share) { return Seconds(beside(kv_share).seconds); });
  const Stretch time{start, control.now()};
  timeline_.decoded(number_, time.begin, time.end, batch_.size(), batch_.kv_tokens());
  work_.add(time, lasted - Seconds(alone.seconds), static_cast<std::int64_t>(batch_.size()),
            batch_.end_iteration(time.end));
}

}  // namespace cm::workloads

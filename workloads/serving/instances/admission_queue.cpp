#include "workloads/serving/instances/admission_queue.h"

#include <utility>

namespace cm::workloads {

AdmissionQueue::AdmissionQueue(DecodeDies dies, const HandOvers& hand_overs, Bytes kv_per_token,
                               HoldsTarget holds_target)
    : dies_(std::move(dies)), hand_overs_(hand_overs), kv_per_token_(kv_per_token),
      holds_target_(std::move(holds_target))
{
}

void AdmissionQueue::submit(InFlight& request)
{
  waiting_.push_back(&request);
  ++load_.requests;
  load_.tokens += request.request.input_tokens + request.request.output_tokens;
}

InFlight* AdmissionQueue::admit(Seconds now)
{
  if (waiting_.empty())
    return nullptr;
  InFlight& request = *waiting_.front();
  const auto die = die_for(request);
  if (!die)
    return nullptr;
  waiting_.pop_front();
  request.rank = *die;
  dies_.reserve(*die, needed_by(request.request));
  request.reach(Milestone::Admitted, now);
  return &request;
}

std::optional<std::uint32_t> AdmissionQueue::die_for(const InFlight& request)
{
  const auto sending = [&](std::uint32_t die) { return hand_overs_.under_way(request.instance, die); };
  const auto die = choose_die(
      {.dies = dies_.loads(), .room = dies_.room(), .needed = needed_by(request.request), .sending = sending});
  if (!die) {
    ++(dies_.has_place() ? waits_.for_memory : waits_.for_place);
    return std::nullopt;
  }
  if (!holds_target_(dies_.loads()[*die].requests + 1, request)) {
    ++waits_.for_target;
    return std::nullopt;
  }
  return die;
}

void AdmissionQueue::release(const InFlight& request)
{
  dies_.release(request.rank, needed_by(request.request));
  --load_.requests;
  load_.tokens -= request.request.input_tokens + request.request.output_tokens;
}

}  // namespace cm::workloads

#include "workloads/serving/decode_instance.h"

#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::workloads {
namespace {

std::int64_t cached_layers(const ServingSpec& spec, const models::ModelSpec& model)
{
  return model.layers + (spec.decode.mtp_tokens > 0 ? 1 : 0);
}

Bytes room_for_kv(const ServingSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine)
{
  models::HbmBudget budget = decode_budget(spec.decode, model, machine);
  budget.kv_cache = Bytes(0);
  if (!budget.fits())
    throw RefusedByModel("the decode deployment does not fit the HBM, without any request: " + budget.text());
  return budget.capacity - budget.total();
}

// Every prefill rank has the keys and values of all tokens; decode ranks are dealt to prefill ranks in equal groups
// (arXiv:2506.12708v2 4.3.3, for decode with one die a rank).
std::int64_t group_size(const ServingSpec& spec)
{
  return std::max<std::int64_t>(1, (spec.decode.dies() + spec.prefill.deployment.ranks - 1) /
                                       spec.prefill.deployment.ranks);
}

}  // namespace

DecodeInstance::DecodeInstance(const Setup& setup, Finished finished)
    : spec_(setup.spec), engine_(setup.engine), cells_(setup.cells), planes_(setup.planes), timeline_(setup.timeline),
      finished_(std::move(finished)), dies_per_npu_(setup.machine.topology.dies_per_npu),
      dies_per_prefill_rank_(group_size(setup.spec)),
      kv_per_token_(models::kv_bytes_per_token_and_layer(setup.model) * cached_layers(setup.spec, setup.model)),
      kv_room_(room_for_kv(setup.spec, setup.model, setup.machine)),
      most_on_die_(std::max<std::int64_t>(1, setup.spec.decode.batch_per_npu / dies_per_npu_)), limit_(most_on_die_),
      smallest_limit_(most_on_die_), dies_(setup.spec.decode.dies())
{
}

bool DecodeInstance::can_hold(const Request& request) const
{
  return reservation(request) <= kv_room_;
}

void DecodeInstance::submit(InFlight& request)
{
  waiting_.push_back(&request);
  admit();
}

// In order: a long request is not overtaken for ever by short ones. The die with the fewest requests takes it, among
// these the one with the most room.
void DecodeInstance::admit()
{
  while (!waiting_.empty()) {
    InFlight& request = *waiting_.front();
    const Bytes needed = reservation(request.request);
    Die* best = nullptr;
    bool has_place = false;
    for (Die& die : dies_) {
      has_place = has_place || die.requests < limit_;
      if (die.requests >= limit_ || die.reserved + needed > kv_room_)
        continue;
      if (best == nullptr || std::pair(die.requests, die.reserved) < std::pair(best->requests, best->reserved))
        best = &die;
    }
    if (best == nullptr) {
      ++(has_place ? waits_for_memory_ : waits_for_batch_);
      return;
    }
    waiting_.pop_front();
    request.rank = static_cast<std::uint32_t>(best - dies_.data());
    ++best->requests;
    best->reserved += needed;
    kv_reserved_most_ = std::max(kv_reserved_most_, best->reserved);
    ensure(best->reserved <= kv_room_, "a die with room for {} B has {} B reserved", kv_room_.count(),
           best->reserved.count());
    ++admitted_;
    engine_.spawn("hand-over", [this, &request](sim::engine::Control& control) { hand_over(control, request); });
  }
}

void DecodeInstance::hand_over(sim::engine::Control& control, InFlight& request)
{
  request.reach(Milestone::Admitted, control.now());
  const Bytes amount = bytes_of(request.request.input_tokens);
  if (spec_.handover == HandoverPlane::Rdma) {
    const auto from = static_cast<std::uint32_t>(request.rank / dies_per_prefill_rank_);
    planes_.move(control, Plane::Rdma,
                 {{spec_.prefill_die(request.instance, from), spec_.decode_die(request.rank), amount}});
  } else {
    planes_.move(control, Plane::Ub,
                 {{planes_.prefill_on_ub(request.instance), planes_.decode_on_ub(request.rank), amount}});
  }
  handed_over_ += amount;
  request.reach(Milestone::HandedOver, control.now());
  join(request);
}

void DecodeInstance::join(InFlight& request)
{
  joining_.push_back(&request);
  if (is_working_)
    return;
  is_working_ = true;
  engine_.spawn("decode", [this](sim::engine::Control& control) { work(control); });
}

Seconds DecodeInstance::iteration_time()
{
  const auto busiest = std::ranges::max_element(dies_, {}, &Die::running)->running;
  return cells_.decode_iteration(static_cast<double>(busiest * dies_per_npu_),
                                 static_cast<double>(kv_tokens_) / static_cast<double>(running_.size()));
}

// An actor only while there is something to do.
void DecodeInstance::work(sim::engine::Control& control)
{
  while (!running_.empty() || !joining_.empty()) {
    for (InFlight* request : joining_) {
      ++dies_[request->rank].running;
      kv_tokens_ += request->kv_tokens();
      running_.push_back(request);
    }
    joining_.clear();
    const Seconds iteration = iteration_time();
    const Seconds start = control.now();
    control.sleep(iteration);
    timeline_.decoded(start, control.now(), running_.size(), kv_tokens_);
    busy_ += iteration;
    ++iterations_;
    for (InFlight* request : running_)
      advance(*request, control.now());
    std::vector<InFlight*> done;
    std::erase_if(running_, [&](InFlight* request) {
      const bool is_done = request->produced_tokens == request->request.output_tokens;
      if (is_done)
        done.push_back(request);
      return is_done;
    });
    for (InFlight* request : done) {
      Die& die = dies_[request->rank];
      --die.running;
      --die.requests;
      die.reserved -= reservation(request->request);
      kv_tokens_ -= request->kv_tokens();
      --admitted_;
      finished_(*request);
    }
    steer(iteration);
    admit();
  }
  is_working_ = false;
}

// One token, and speculative ones as long as they are accepted.
void DecodeInstance::advance(InFlight& request, Seconds now)
{
  std::int64_t tokens = 1;
  while (tokens <= spec_.decode.mtp_tokens && request.acceptance.uniform() < spec_.decode.mtp_acceptance)
    ++tokens;
  tokens = std::min(tokens, request.request.output_tokens - request.produced_tokens);
  const std::int64_t at = to_picoseconds(now).count();
  if (request.when(Milestone::Decoded) == 0)
    request.reach(Milestone::Decoded, now);
  if (request.produced_tokens == 0)
    request.first_token = at;
  request.produced_tokens += tokens;
  kv_tokens_ += tokens;
  request.last_token = at;
}

// One request a die less when an iteration was too long, one more when requests wait and it was not.
void DecodeInstance::steer(Seconds iteration)
{
  if (!spec_.tpot_target)
    return;
  const bool is_late = iteration > *spec_.tpot_target * spec_.decode.tokens_per_iteration();
  if (is_late)
    limit_ = std::max<std::int64_t>(1, std::ranges::max_element(dies_, {}, &Die::running)->running - 1);
  else if (!waiting_.empty())
    limit_ = std::min(limit_ + 1, most_on_die_);
  smallest_limit_ = std::min(smallest_limit_, limit_);
}

}  // namespace cm::workloads

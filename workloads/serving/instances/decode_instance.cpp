#include "workloads/serving/instances/decode_instance.h"

#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace cm::workloads {
namespace {

// At a time, each with an actor (D242); others wait in order.
constexpr std::size_t MostHandOvers = 1024;

Bytes room_for_kv(const ServingSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine)
{
  const auto without_kv = [&](std::int64_t batch) {
    DecodeSpec decode = spec.decode;
    decode.batch_per_npu = batch;
    models::HbmBudget budget = decode_budget(decode, model, machine);
    budget.kv_cache = Bytes(0);
    return budget;
  };
  const models::HbmBudget budget = without_kv(spec.decode.batch_per_npu);
  if (budget.fits())
    return budget.capacity - budget.total();
  const std::int64_t tokens = spec.decode.prompt_length + spec.decode.output_length;
  const std::int64_t largest = models::largest_that_fits(spec.decode.batch_per_npu, [&](std::int64_t batch) {
    models::HbmBudget with_request = without_kv(batch);
    with_request.kv_cache = kv_bytes_per_token(spec, model) * tokens;
    return with_request;
  });
  const std::string advice =
      largest > 0
          ? fmt::format("the largest batch_per_npu that leaves room for a request of {} tokens is {}", tokens, largest)
          : fmt::format("no batch_per_npu leaves room for a request of {} tokens, not even 1", tokens);
  throw RefusedByModel(
      fmt::format("the decode deployment does not fit the HBM, without any request: {}; {}", budget.text(), advice));
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
    : spec_(setup.spec), engine_(setup.engine), hand_overs_(setup.engine, "hand-over", MostHandOvers),
      cells_(setup.cells), planes_(setup.planes), timeline_(setup.timeline), finished_(std::move(finished)),
      dies_per_npu_(setup.machine.topology.dies_per_npu), dies_per_prefill_rank_(group_size(setup.spec)),
      kv_per_token_(kv_bytes_per_token(setup.spec, setup.model)),
      kv_room_(room_for_kv(setup.spec, setup.model, setup.machine)),
      most_on_die_(std::max<std::int64_t>(1, setup.spec.decode.batch_per_npu / dies_per_npu_)),
      dies_(setup.spec.decode.dies()),
      sending_(std::size_t{setup.spec.prefill_instances} * setup.spec.prefill.deployment.ranks)
{
}

bool DecodeInstance::can_hold(const Request& request) const
{
  return reservation(request) <= kv_room_;
}

void DecodeInstance::submit(InFlight& request, Seconds now)
{
  waiting_.push_back(&request);
  admit(now);
}

// In order: a long request is not overtaken for ever by short ones.
void DecodeInstance::admit(Seconds now)
{
  while (!waiting_.empty()) {
    InFlight& request = *waiting_.front();
    const auto rank = choose_die(request);
    if (!rank)
      return;
    waiting_.pop_front();
    request.rank = *rank;
    Die& die = dies_[*rank];
    ++die.requests;
    die.reserved += reservation(request.request);
    kv_reserved_most_ = std::max(kv_reserved_most_, die.reserved);
    ensure(die.reserved <= kv_room_, "a die with room for {} B has {} B reserved", kv_room_.count(),
           die.reserved.count());
    request.reach(Milestone::Admitted, now);
    ++sending(request, *rank);
    hand_overs_.run([this, &request](sim::engine::Control& control) { hand_over(control, request); });
  }
}

// The die with the fewest requests that has room; among these one whose keys and values come from the source that has
// the fewest hand-overs under way, then the one with the most room. Empty: the request has to wait.
std::optional<std::uint32_t> DecodeInstance::choose_die(const InFlight& request)
{
  const Bytes needed = reservation(request.request);
  std::optional<std::uint32_t> best;
  std::tuple<std::int64_t, std::int64_t, Bytes> least;
  bool has_place = false;
  for (std::uint32_t rank = 0; rank < dies_.size(); ++rank) {
    const Die& die = dies_[rank];
    if (die.requests >= most_on_die_)
      continue;
    has_place = true;
    if (die.reserved + needed > kv_room_)
      continue;
    const std::tuple order(die.requests, sending(request, rank), die.reserved);
    if (!best || order < least) {
      best = rank;
      least = order;
    }
  }
  if (!best) {
    ++(has_place ? waits_for_memory_ : waits_for_batch_);
    return std::nullopt;
  }
  if (!holds_target(dies_[*best].requests + 1, request)) {
    ++waits_for_target_;
    return std::nullopt;
  }
  return best;
}

// Whether an iteration with so many requests on the busiest die holds the target. Alone a request always goes on.
bool DecodeInstance::holds_target(std::int64_t requests_on_die, const InFlight& request)
{
  if (!spec_.tpot_target || requests_on_die <= std::ranges::max_element(dies_, {}, &Die::requests)->requests)
    return true;
  const double kv = static_cast<double>(kv_tokens_ + request.kv_tokens()) / static_cast<double>(running_.size() + 1);
  const Seconds iteration(cells_.decode_iteration(static_cast<double>(requests_on_die * dies_per_npu_), kv).seconds);
  const bool holds = iteration <= *spec_.tpot_target * spec_.decode.tokens_per_iteration();
  if (!holds && requests_on_die == 1)
    target_is_missed_alone_ = true;
  return holds || requests_on_die == 1;
}

void DecodeInstance::hand_over(sim::engine::Control& control, InFlight& request)
{
  const Bytes amount = bytes_of(request.request.input_tokens);
  const std::uint32_t from = source_of(request.rank);
  if (spec_.handover == HandoverPlane::Rdma)
    planes_.move(control, Plane::Rdma,
                 {{spec_.prefill_die(request.instance, from), spec_.decode_die(request.rank), amount}});
  else
    planes_.move(control, Plane::Ub,
                 {{planes_.prefill_on_ub(request.instance, from), planes_.decode_on_ub(request.rank), amount}});
  --sending(request, request.rank);
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

Cell DecodeInstance::iteration(double kv_share)
{
  const auto busiest = std::ranges::max_element(dies_, {}, &Die::running)->running;
  return cells_.decode_iteration(static_cast<double>(busiest * dies_per_npu_),
                                 static_cast<double>(kv_tokens_) / static_cast<double>(running_.size()), kv_share);
}

// An actor only while there is something to do.
void DecodeInstance::work(sim::engine::Control& control)
{
  planes_.lane_use(planes_.decode_instance()).forget();
  while (!running_.empty() || !joining_.empty()) {
    for (InFlight* request : joining_) {
      ++dies_[request->rank].running;
      kv_tokens_ += request->kv_tokens();
      running_.push_back(request);
    }
    joining_.clear();
    const Seconds start = control.now();
    const Cell alone = iteration(0);
    planes_.exchanges_take(planes_.decode_instance(), BytesPerSecond(alone.sent / alone.seconds));
    const Seconds lasted = work_beside(control, planes_.lane_use(planes_.decode_instance()), Seconds(alone.seconds),
                                       [this](double kv_share) { return Seconds(iteration(kv_share).seconds); });
    timeline_.decoded(start, control.now(), running_.size(), kv_tokens_);
    busy_.add({start, control.now()});
    delayed_ += lasted - Seconds(alone.seconds);
    ++iterations_;
    std::int64_t tokens = 0;
    for (InFlight* request : running_)
      tokens += advance(*request, control.now());
    outputs_.add(to_picoseconds(control.now()), tokens);
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
      finished_(*request);
    }
    admit(control.now());
  }
  planes_.exchanges_take(planes_.decode_instance(), BytesPerSecond(0));
  is_working_ = false;
}

// One token, and speculative ones as long as they are accepted.
std::int64_t DecodeInstance::advance(InFlight& request, Seconds now)
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
  return tokens;
}

}  // namespace cm::workloads

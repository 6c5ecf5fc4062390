#include "workloads/serving/instances/hand_overs.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace cm::workloads {
namespace {

// At a time, each with an actor (D242); others wait in order.
constexpr std::size_t MostHandOvers = 1024;

std::uint32_t group_size(std::uint32_t dies, std::uint32_t ranks)
{
  return std::max(1U, (dies + ranks - 1) / ranks);
}

}  // namespace

HandOvers::HandOvers(const ServingSpec& spec, Planes& planes, sim::engine::Engine& engine, Bytes kv_per_token)
    : spec_(spec), planes_(planes), actors_(engine, "hand-over", MostHandOvers), kv_per_token_(kv_per_token),
      dies_per_source_(group_size(spec.decode.dies(), spec.prefill.deployment.ranks)),
      under_way_(std::size_t{spec.prefill_instances} * spec.prefill.deployment.ranks)
{
}

void HandOvers::start(InFlight& request, Arrived arrived)
{
  ++under_way_[index_of(request.instance, request.rank)];
  actors_.run([this, &request, arrived = std::move(arrived)](sim::engine::Control& control) {
    move(control, request);
    --under_way_[index_of(request.instance, request.rank)];
    request.reach(Milestone::HandedOver, control.now());
    arrived(request);
  });
}

void HandOvers::move(sim::engine::Control& control, const InFlight& request)
{
  const Bytes amount = kv_per_token_ * request.request.input_tokens;
  const std::uint32_t from = source_of(request.rank);
  if (spec_.handover == HandoverPlane::Rdma)
    planes_.move(control, Plane::Rdma,
                 {{spec_.prefill_die(request.instance, from), spec_.decode_die(request.decode_rank), amount}});
  else
    planes_.move(control, Plane::Ub,
                 {{planes_.prefill_on_ub(request.instance, from), planes_.decode_on_ub(request.decode_rank), amount}});
}

}  // namespace cm::workloads

#include "workloads/serving/instances/decode_dies.h"

#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace cm::workloads {
namespace {

Bytes memory_for_kv(const ServingSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine)
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

}  // namespace

DecodeDies::DecodeDies(std::uint32_t dies, const DieRoom& room_of_each) : room_(room_of_each), loads_(dies) {}

bool DecodeDies::has_place() const
{
  return std::ranges::any_of(loads_, [&](const DieLoad& die) { return die.requests < room_.places; });
}

std::int64_t DecodeDies::most_requests() const
{
  return std::ranges::max_element(loads_, {}, &DieLoad::requests)->requests;
}

void DecodeDies::reserve(std::uint32_t die, Bytes memory)
{
  DieLoad& load = loads_[die];
  ++load.requests;
  load.reserved += memory;
  reserved_most_ = std::max(reserved_most_, load.reserved);
  ensure(load.requests <= room_.places, "a die with {} places has {} requests", room_.places, load.requests);
  ensure(load.reserved <= room_.memory, "a die with room for {} B has {} B reserved", room_.memory.count(),
         load.reserved.count());
}

void DecodeDies::release(std::uint32_t die, Bytes memory)
{
  DieLoad& load = loads_[die];
  --load.requests;
  load.reserved -= memory;
  ensure(load.requests >= 0 && load.reserved >= Bytes(0), "a die has {} requests and {} B reserved", load.requests,
         load.reserved.count());
}

DieRoom room_of_decode_die(const ServingSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine)
{
  return {.places = std::max<std::int64_t>(1, spec.decode.batch_per_npu / machine.topology.dies_per_npu),
          .memory = memory_for_kv(spec, model, machine)};
}

}  // namespace cm::workloads

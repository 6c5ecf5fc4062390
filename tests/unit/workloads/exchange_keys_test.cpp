// Tests of the keys that a deployment's exchanges are said not to use.
#include "tests/support/small_machine.h"
#include "workloads/expert_parallel/exchange_keys.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr const char* Launch = "machine.die.exchange.launch";
constexpr const char* ExposedLatency = "machine.die.exchange.exposed_latency";
constexpr const char* WriteEngine = "machine.die.write_engine";
constexpr const char* Synchronise = "machine.die.exchange.synchronise";
constexpr const char* PerPeer = "machine.die.exchange.per_peer";
constexpr const char* Unfused = "machine.die.unfused";

class Idle {
 public:
  Idle(bool with_experts, ExchangeKind kind, std::uint32_t tensor_parallel)
  {
    add_unused_exchange_keys(
        {.with_experts = with_experts, .kind = kind, .tensor_parallel = tensor_parallel, .ranks = 32},
        tests::small_machine(), keys_);
  }

  [[nodiscard]] bool has(const std::string& path) const
  {
    return std::ranges::find(keys_, path, &sim::config::UnusedKey::path) != keys_.end();
  }
  // A key of the UB plane.
  [[nodiscard]] bool has_ub(std::string_view name) const { return has(tests::small_machine().ub.key(name)); }

 private:
  std::vector<sim::config::UnusedKey> keys_;
};

}  // namespace

TEST_CASE("tensor-parallel groups use the keys of writing cores, whatever exchanges with experts")
{
  for (const auto& [with_experts, kind] :
       {std::pair{true, ExchangeKind::Fused}, {true, ExchangeKind::Unfused}, {false, ExchangeKind::Fused}}) {
    const Idle idle(with_experts, kind, 2);
    for (const char* key : {Launch, ExposedLatency, WriteEngine}) {
      INFO(key);
      CHECK_FALSE(idle.has(key));
    }
    CHECK_FALSE(idle.has_ub("write_limit"));
    CHECK_FALSE(idle.has_ub("control_packet"));
  }
}

TEST_CASE("without a tensor-parallel group these keys are those of fused kernels")
{
  const Idle fused(true, ExchangeKind::Fused, 1);
  const Idle unfused(true, ExchangeKind::Unfused, 1);
  for (const char* key : {Launch, ExposedLatency, WriteEngine}) {
    INFO(key);
    CHECK_FALSE(fused.has(key));
    CHECK(unfused.has(key));
  }
  CHECK(unfused.has_ub("write_limit"));
  CHECK(unfused.has_ub("control_packet"));
}

TEST_CASE("flags and counts of peers belong to fused kernels, which a dense model has none of")
{
  for (const std::uint32_t tensor_parallel : {1U, 8U}) {
    const Idle fused(true, ExchangeKind::Fused, tensor_parallel);
    const Idle unfused(true, ExchangeKind::Unfused, tensor_parallel);
    const Idle dense(false, ExchangeKind::Fused, tensor_parallel);
    for (const char* key : {Synchronise, PerPeer}) {
      INFO(key);
      CHECK_FALSE(fused.has(key));
      CHECK(unfused.has(key));
      CHECK(dense.has(key));
    }
    CHECK_FALSE(fused.has_ub("flags"));
    CHECK(unfused.has_ub("flags"));
    CHECK(dense.has_ub("flags"));
    CHECK(fused.has(Unfused));
    CHECK_FALSE(unfused.has(Unfused));
    CHECK(dense.has(Unfused));
  }
}

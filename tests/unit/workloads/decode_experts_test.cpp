// Copies of experts that are asked for by word, and machines on which a workload would mislead.
#include "models/language_models/architecture.h"
#include "tests/support/deepseek_r1.h"
#include "tests/support/small_llama.h"
#include "tests/support/small_machine.h"
#include "workloads/decode/decode_plan.h"
#include "workloads/decode/decode_spec.h"
#include "workloads/expert_parallel/ep_spec.h"
#include "workloads/prefill/prefill_spec.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace cm;
using namespace cm::workloads;

namespace {

template <typename Spec>
struct Read {
  Spec spec;
  std::vector<std::string> problems;
};

// `read` one workload's keys from a text.
template <typename Reading>
auto read_text(const std::string& text, Reading reading)
{
  const sim::config::Value tree = sim::config::parse_text("s.yaml", text);
  sim::config::ReadingLog log;
  sim::config::Reader reader(tree, "workload", log);
  Read<decltype(reading(reader))> done{reading(reader), {}};
  done.problems = log.problems;
  return done;
}

Read<DecodeSpec> decode(const std::string& experts, int ep = 32, const models::ModelSpec& model = tests::deepseek_r1(),
                        const std::string& more = "", models::MachineSpec machine = tests::small_machine())
{
  const std::string text = fmt::format(
      "{{kind: decode, {}: {}, batch_per_npu: 16, prompt_length: 1024, output_length: 64, mtp: {{tokens: 0, "
      "acceptance: 0}}, microbatches: 1, routing: uniform, experts: {}{}}}",
      model.has_experts() ? "ep" : "dp", ep, experts, more);
  return read_text(text, [&](sim::config::Reader& reader) { return read_decode(reader, model, machine); });
}

Read<PrefillSpec> prefill(const std::string& experts, models::MachineSpec machine = tests::small_machine())
{
  const std::string text = fmt::format(
      "{{kind: prefill, npus: 16, tokens_per_npu: 1024, prompt_length: 1024, routing: balanced, experts: {}}}",
      experts);
  return read_text(text,
                   [&](sim::config::Reader& reader) { return read_prefill(reader, tests::deepseek_r1(), machine); });
}

models::MachineSpec cluster()
{
  models::MachineSpec machine = tests::small_machine();
  machine.packet_plane = models::PacketPlane::ScaleOut;
  return machine;
}

// Two MoE layers on 32 dies, without jitter.
DecodeTime time_of(const DecodeSpec& spec, std::int64_t shared_experts = 1)
{
  models::ModelSpec model = tests::deepseek_r1();
  model.layers = 2;
  model.dense_layers = 0;
  model.shared_experts = shared_experts;
  models::MachineSpec machine = tests::small_machine();
  machine.die.compute.jitter = 0;
  const topology::Supernode supernode(machine.topology);
  return time_decode_iteration(spec, 1, 2, model, machine, supernode, 1);
}

}  // namespace

TEST_CASE("experts: auto takes the copies of the rule and says which")
{
  const auto done = decode("auto");
  CHECK(done.problems.empty());
  CHECK(done.spec.redundant == 32);
  CHECK(done.spec.shared_copies == 32);
  CHECK(done.spec.copies_note == "experts: auto took 32 redundant and 32 shared copies for 32 ranks");
  CHECK(decode("{redundant: 32, shared_copies: 32}").spec.copies_note.empty());
}

TEST_CASE("one of the two numbers may be auto")
{
  const auto redundant = decode("{redundant: auto, shared_copies: 32}");
  CHECK(redundant.spec.redundant == 32);
  CHECK(redundant.spec.copies_note == "experts.redundant: auto took 32 for 32 ranks");
  const auto shared = decode("{redundant: 8, shared_copies: auto}");
  CHECK(shared.problems.empty());
  CHECK(shared.spec.shared_copies == 24);
  CHECK(shared.spec.copies_note == "experts.shared_copies: auto took 24 for 32 ranks");
}

TEST_CASE("a shared expert on every rank takes no slots")
{
  const auto done = decode("{redundant: 0, shared_copies: every-rank}");
  CHECK(done.problems.empty());
  CHECK(done.spec.shared_on_every_rank);
  CHECK(done.spec.shared_copies == 0);
  CHECK(done.spec.copies_note.empty());
  const auto chosen = decode("{redundant: auto, shared_copies: every-rank}");
  CHECK(chosen.problems.empty());
  CHECK(chosen.spec.redundant == 32);
  CHECK(chosen.spec.copies_note == "experts.redundant: auto took 32 for 32 ranks");
}

TEST_CASE("models without experts or without shared ones take auto too")
{
  models::ModelSpec bare = tests::deepseek_r1();
  bare.shared_experts = 0;
  const auto without_shared = decode("auto", 32, bare);
  CHECK(without_shared.problems.empty());
  CHECK(without_shared.spec.shared_copies == 0);
  const auto dense = decode("auto", 4, tests::small_llama());
  CHECK(dense.problems.empty());
  CHECK(dense.spec.copies_note.empty());
  REQUIRE(decode("{redundant: 0, shared_copies: every-rank}", 32, bare).problems.size() == 1);
  CHECK_THAT(decode("{redundant: 0, shared_copies: every-rank}", 32, bare).problems.front(),
             Catch::Contains("the model has no shared expert"));
}

TEST_CASE("a word that is none of the copies' is refused with the nearest")
{
  CHECK_THAT(decode("{redundant: atuo, shared_copies: 32}").problems.front(),
             Catch::Contains("workload.experts.redundant: expected a number of copies or auto, found \"atuo\"; did you "
                             "mean \"auto\"?"));
  CHECK_THAT(decode("{redundant: 32, shared_copies: every_rank}").problems.front(),
             Catch::Contains("did you mean \"every-rank\"?"));
  CHECK_THAT(decode("automatic").problems.front(),
             Catch::Contains("workload.experts: expected auto or {redundant: 32"));
  CHECK_THAT(decode("{redundant: -1, shared_copies: 32}").problems.front(),
             Catch::Contains("expected an integer between 0 and 65536"));
}

TEST_CASE("slots that do not divide are answered with copies for the EP that was asked, then with other EPs")
{
  const auto done = decode("{redundant: 32, shared_copies: 32}", 24);
  REQUIRE(done.problems.size() == 1);
  CHECK_THAT(done.problems.front(),
             Catch::EndsWith(
                 "320 slots do not divide over 24 ranks; for 24 ranks: workload.experts=auto, which takes 32 redundant "
                 "and 24 shared copies, or redundant: 24; the nearest EP that they divide over is 20 or 32"));
}

TEST_CASE("copies of prefill: shared experts are on every die, by any of their words")
{
  for (const char* experts : {"auto", "{redundant: auto, shared_copies: auto}", "{redundant: 32, shared_copies: 32}",
                              "{redundant: 32, shared_copies: every-rank}"}) {
    const auto done = prefill(experts);
    CHECK(done.problems.empty());
    CHECK(done.spec.deployment.redundant == 32);
    CHECK(done.spec.deployment.shared_copies == 32);
  }
  CHECK(prefill("auto").spec.deployment.copies_note ==
        "experts: auto took 32 redundant and 32 shared copies for 32 ranks");
  CHECK_THAT(prefill("{redundant: 1, shared_copies: auto}").problems.front(),
             Catch::Contains("do not divide over 32 ranks (16 NPUs of 2 dies); for 32 ranks: workload.experts=auto, "
                             "which takes 32 redundant copies, or redundant: 0; they divide over no number of NPUs"));
}

TEST_CASE("the exchange test takes redundant: auto")
{
  models::MachineSpec machine = tests::small_machine();
  const auto done = read_text("{kind: ep, ep: 24, redundant: auto}",
                              [&](sim::config::Reader& reader) { return read_ep(reader, machine); });
  CHECK(done.problems.empty());
  CHECK(done.spec.redundant == 32);
  CHECK(done.spec.copies_note == "redundant: auto took 32 for 24 ranks");
  const auto odd = read_text("{kind: ep, ep: 24, redundant: 1}",
                             [&](sim::config::Reader& reader) { return read_ep(reader, machine); });
  REQUIRE(odd.problems.size() == 1);
  CHECK_THAT(
      odd.problems.front(),
      Catch::Contains("for 24 ranks: workload.redundant=auto, which takes 32 redundant copies, or redundant: 8;"));
}

TEST_CASE("a shared expert on every rank is computed there, and its rows do not travel")
{
  DecodeSpec apart = decode("{redundant: 0, shared_copies: every-rank}").spec;
  DecodeSpec in_slots = decode("{redundant: 16, shared_copies: 16}").spec;
  DecodeSpec none = apart;
  none.shared_on_every_rank = false;
  // A row less of nine for every token, in dispatch and in combine.
  CHECK(time_of(apart).sent == time_of(none, 0).sent);
  CHECK(time_of(apart).sent < time_of(in_slots).sent);
  CHECK(time_of(apart).iteration < time_of(in_slots).iteration);
  // Its weights are read and its products computed.
  CHECK(time_of(apart).iteration > time_of(none, 0).iteration);
  CHECK(time_of(apart, 2).iteration > time_of(apart, 1).iteration);
}

TEST_CASE("a shared expert on every rank is in the memory of every rank")
{
  const models::ModelSpec model = tests::deepseek_r1();
  const auto weights = [&](const std::string& experts) {
    return decode_budget(decode(experts).spec, model, tests::small_machine()).expert_weights;
  };
  CHECK(weights("{redundant: 0, shared_copies: every-rank}") == weights("{redundant: 0, shared_copies: 32}"));
}

TEST_CASE("the largest batch that fits is what the same budget says")
{
  const models::ModelSpec model = tests::deepseek_r1();
  models::MachineSpec machine = tests::small_machine();
  machine.die.hbm_capacity = Bytes(47'000'000'000);
  DecodeSpec spec = decode("auto").spec;
  const auto fits = [&](std::int64_t batch) {
    DecodeSpec smaller = spec;
    smaller.batch_per_npu = batch;
    return decode_budget(smaller, model, machine).fits();
  };
  spec.batch_per_npu = 4096;
  const std::int64_t largest = largest_batch(spec, model, machine);
  REQUIRE(largest > 0);
  CHECK(fits(largest));
  CHECK_FALSE(fits(largest + 1));
  CHECK(largest_batch_text(largest) == fmt::format("the largest batch_per_npu that fits is {}", largest));
  CHECK(largest_batch_text(0) == "no batch_per_npu fits, not even 1");
}

TEST_CASE("where the links of a node are not simulated, what takes them is refused")
{
  CHECK_THAT(prefill("auto", cluster()).problems.front(),
             Catch::Contains("workload.kind: prefill exchanges between the "
                             "dies of a node too: ") &&
                 Catch::Contains("machine.packet_plane=ub"));
  CHECK(decode("auto", 32, tests::deepseek_r1(), "", cluster()).problems.empty());
  CHECK_THAT(decode("auto", 32, tests::deepseek_r1(), ", tp: 2", cluster()).problems.front(),
             Catch::Contains("workload.tp: "));
  CHECK_THAT(decode("auto", 32, tests::deepseek_r1(), ", fused: false", cluster()).problems.front(),
             Catch::Contains("workload.fused: "));
}

// Ranks of a decode iteration that meet in exchanges on a network that takes its time: sums of all that a run records,
// kept as numbers.
#include "tests/support/result_values.h"
#include "tests/support/small_experts.h"
#include "tests/support/small_machine.h"
#include "workloads/decode/decode.h"

#include <catch2/catch.hpp>

#include <ostream>
#include <vector>

using namespace cm;
using namespace cm::workloads;
using models::MachineSpec;
using models::ModelSpec;

namespace {

// Sums over everything that a run records, in picoseconds.
struct Facts {
  std::int64_t least_iteration = 0;  // of a rank
  std::int64_t most_iteration = 0;
  std::int64_t iterations = 0;
  std::vector<std::int64_t> parts;  // of the breakdown, in its order
  std::int64_t waits = 0;           // for peers, in dispatch and combine
  std::int64_t port_hops = 0;

  friend bool operator==(const Facts&, const Facts&) = default;
};

std::ostream& operator<<(std::ostream& out, const Facts& facts)
{
  out << '{' << facts.least_iteration << ", " << facts.most_iteration << ", " << facts.iterations << ", {";
  for (std::size_t part = 0; part < facts.parts.size(); ++part)
    out << (part == 0 ? "" : ", ") << facts.parts[part];
  return out << "}, " << facts.waits << ", " << facts.port_hops << '}';
}

Facts facts_of(const DecodeSpec& spec, const ModelSpec& model, const MachineSpec& machine)
{
  sim::metrics::Result result;
  sim::metrics::NoProgress progress;
  run_decode(spec, model, machine, 1, progress, result);
  const auto microbatches = static_cast<std::int64_t>(tests::metric_of(result, "microbatches"));
  const std::int64_t layers = spec.dies() * spec.iterations * microbatches * model.moe_layers();
  const auto& iterations = tests::histogram_of(result, "rank_iteration_ms");
  Facts facts{.least_iteration = tests::least_ps(iterations),
              .most_iteration = tests::most_ps(iterations),
              .iterations = tests::sum_ps(iterations),
              .parts = {},
              .waits = tests::sum_ps(tests::histogram_of(result, "rank_wait_us")),
              .port_hops = std::llround(tests::metric_of(result, "port_hops"))};
  for (const sim::metrics::Part& part : result.breakdown)
    facts.parts.push_back(tests::part_sum_ps(result, part.name, layers));
  CHECK(tests::histogram_of(result, "dispatch_us").count() == static_cast<std::uint64_t>(layers));
  CHECK(tests::histogram_of(result, "combine_us").count() == static_cast<std::uint64_t>(layers));
  CHECK(tests::sum_ps(tests::histogram_of(result, "dispatch_us")) ==
        tests::part_sum_ps(result, "dispatch", layers) +
            tests::part_sum_ps(result, "dispatch: wait in barrier", layers));
  CHECK(tests::sum_ps(tests::histogram_of(result, "combine_us")) ==
        tests::part_sum_ps(result, "combine", layers) + tests::part_sum_ps(result, "combine: wait for tokens", layers));
  return facts;
}

// Uneven experts on a network that takes its time: ranks wait for each other.
DecodeSpec uneven_decode()
{
  DecodeSpec spec;
  spec.ep = 32;
  spec.dp = 32;
  spec.batch_per_npu = 13;
  spec.prompt_length = 1000;
  spec.output_length = 400;
  spec.mtp_tokens = 0;
  spec.microbatches = Microbatches::One;
  spec.choices = {.routing = models::Routing::Measured, .placement = models::PlacementRule::Balanced};
  spec.shared_on_every_rank = true;
  return spec;
}

// Captured from the program: they change with the physics of the model and with nothing else.
const Facts OneMicrobatch{
    672404272,   689738289,
    22019010024, {0, 1392282204, 0, 304498320, 3630805427, 203373252, 1052496557, 359409299, 3769115009},
    3972488261,  14588};
const Facts TwoMicrobatches{
    812293311,
    827977676,
    26440754411,
    {998711531, 6583492305, 5368091638, 605050320, 4727916361, 1118297640, 2079630296, 672077173, 3644448928},
    4762746568,
    14680};
const Facts Turns{
    642196908,
    662071255,
    21090981067,
    {1820718943, 2458873647, 232478983, 605046432, 4727832934, 1697021310, 2079433439, 672929062, 4053358494},
    5750379804,
    14680};
const Facts Unfused{
    1257800219,
    1288758866,
    41146132542,
    {998711531, 6583492305, 17699220223, 605050320, 12025902316, 1826470949, 2079630296, 3938919790, 7076825178},
    8903296127,
    30296};
const Facts TensorParallel{842055027,
                           843172767,
                           26965058194,
                           {1371466122, 6507340926, 1006546581, 4792253555, 605050320, 4728384724, 438292973,
                            2079630296, 672118316, 3657448813, 931595094},
                           4095741786,
                           15960};
const Facts Speculative{
    1970391375,
    2046594832,
    127878672076,
    {8071417647, 31392619067, 13838131793, 1223187800, 23371855481, 4347849131, 4269584142, 1606246435, 11480719230},
    15828568361,
    164364};

}  // namespace

TEST_CASE("ranks with uneven experts wait for each other in both exchanges")
{
  CHECK(facts_of(uneven_decode(), tests::small_experts(), tests::small_machine()) == OneMicrobatch);
}

TEST_CASE("two microbatches of a mixture of experts share cores, memory and network")
{
  DecodeSpec spec = uneven_decode();
  spec.microbatches = Microbatches::Two;
  CHECK(facts_of(spec, tests::small_experts(), tests::small_machine()) == TwoMicrobatches);
}

TEST_CASE("a microbatch that exchanges leaves the cores to the other one")
{
  DecodeSpec spec = uneven_decode();
  spec.microbatches = Microbatches::Two;
  spec.takes_turns = true;
  CHECK(facts_of(spec, tests::small_experts(), tests::small_machine()) == Turns);
}

TEST_CASE("an unfused exchange takes the place of the fused one")
{
  DecodeSpec spec = uneven_decode();
  spec.microbatches = Microbatches::Two;
  spec.exchange = ExchangeKind::Unfused;
  CHECK(facts_of(spec, tests::small_experts(), tests::small_machine()) == Unfused);
}

TEST_CASE("pairs of dies split attention and scatter and gather the tokens of a MoE layer")
{
  DecodeSpec spec = uneven_decode();
  spec.microbatches = Microbatches::Two;
  spec.tp = 2;
  spec.dp = 16;
  CHECK(facts_of(spec, tests::small_experts(), tests::small_machine()) == TensorParallel);
}

TEST_CASE("speculation, scattered operators, copies of experts and several iterations go together")
{
  MachineSpec machine = tests::small_machine();
  machine.die.compute.jitter = 0.03;
  DecodeSpec spec = uneven_decode();
  spec.microbatches = Microbatches::Two;
  spec.mtp_tokens = 2;
  spec.iterations = 2;
  spec.redundant = 24;
  spec.shared_copies = 8;
  spec.shared_on_every_rank = false;
  CHECK(facts_of(spec, tests::small_experts(), machine) == Speculative);
}

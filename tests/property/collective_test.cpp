// Laws of every collective, whatever the machine's policies.
#include "sim/random/random_stream.h"
#include "tests/support/any_policy.h"
#include "tests/support/collective_time.h"
#include "tests/support/small_machine.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::tests;
using namespace cm::models;
using cm::sim::RandomStream;

namespace {

constexpr std::uint64_t Seeds = 20;

struct RandomCollective {
  CollectiveQuestion question;
  const Algorithm* algorithm = nullptr;
  ProtocolSpec protocol;
  MachineSpec machine = small_machine();

  explicit RandomCollective(std::uint64_t seed)
  {
    RandomStream random(seed, "random collective");
    machine.topology.nodes = 4;
    machine.topology.sub_planes = 1 + random.below(7);
    machine.ub.flow_control = static_cast<sim::fabric::FlowControl>(random.below(2));
    machine.ub.forwarding = static_cast<sim::fabric::Forwarding>(random.below(2));
    machine.ub.lane_choice = static_cast<sim::fabric::LaneChoice>(random.below(3));
    machine.ub.spine_choice = any_spine_choice(random);
    machine.ub.acknowledgements = static_cast<sim::fabric::Acknowledgement>(random.below(2));
    const auto operations = operation_table();
    question.operation = operations[random.below(static_cast<std::uint32_t>(operations.size()))].operation;
    question.ranks = random.below(2) == 0 ? 2 + random.below(40) : 16 * (1 + random.below(4));
    question.ranks_per_group = 16;
    question.bytes = Bytes(1 + random.below(200'000));
    question.hot_factor = question.operation == Operation::AllToAll ? 0.5 + 3 * random.uniform() : 1.0;
    question.seed = seed;
    protocol = machine.die.protocols[random.below(2)];
    const auto algorithms = collective_table();
    do
      algorithm = &algorithms[random.below(static_cast<std::uint32_t>(algorithms.size()))];
    while (algorithm->problem(question));
  }
};

std::uint64_t planned_bytes(const CollectivePlan& plan)
{
  Bytes sum;
  for (std::uint32_t rank = 0; rank < plan.ranks.size(); ++rank)
    sum += bytes_sent(plan, rank);
  return static_cast<std::uint64_t>(sum.count());
}

}  // namespace

TEST_CASE("a collective ends, and every planned byte has arrived")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds));
  const RandomCollective random(seed);
  INFO("seed " << seed << ": " << random.algorithm->name << " " << row_of(random.question.operation).name << " of "
               << random.question.ranks);
  const CollectivePlan plan = random.algorithm->plan(random.question);
  const CollectiveOutcome outcome = run_plan(plan, random.protocol, random.machine);
  CHECK(outcome.end < Picoseconds(sim::calendar::Calendar::Never));
  CHECK(outcome.emitted == planned_bytes(plan));
  CHECK(outcome.delivered == outcome.emitted);
  for (const Picoseconds end : outcome.ends)
    CHECK(end.count() > 0);
}

TEST_CASE("a collective takes at least its busiest port, a way, its launch and a step")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds));
  const RandomCollective random(seed);
  INFO("seed " << seed << ": " << random.algorithm->name << " " << row_of(random.question.operation).name << " of "
               << random.question.ranks);
  const CollectiveOutcome outcome =
      run_collective(random.algorithm->name, random.question, random.protocol, random.machine);
  const Seconds fixed = random.protocol.launch + random.protocol.step + random.machine.ub.traversal;
  const BytesPerSecond lanes = random.machine.topology.lane_bandwidth * random.machine.topology.sub_planes;
  const double end_us = microseconds(outcome.end);
  // Packets are rounded to picoseconds.
  CHECK(end_us >= outcome.busiest_port_ps * 0.9999e-6 + microseconds(fixed) - 1e-3);
  CHECK(end_us * 1.0001 >= microseconds(fixed + least_bytes(random.question) / lanes));
}

TEST_CASE("more sub-planes never slow a collective down by more than packets in another order can")
{
  const auto* const algorithm = GENERATE("direct", "ring", "pairwise", "hierarchical");
  const Operation operation = GENERATE(Operation::AllToAll, Operation::AllReduce, Operation::AllGather);
  MachineSpec machine = small_machine();
  // Whole packets: a rest that is sprayed falls on other lanes with another number of them.
  const Bytes bytes = operation == Operation::AllReduce ? 2_MiB : 64_KiB;
  const ProtocolSpec protocol{
      .name = "endless", .launch = 2_us, .step = 1_us, .message = Seconds(0), .rate = BytesPerSecond(1e15)};
  double before = 1e30;
  for (const std::uint32_t sub_planes : {1U, 2U, 4U, 7U}) {
    machine.topology.sub_planes = sub_planes;
    const double time = microseconds(
        run_collective(algorithm, {.operation = operation, .ranks = 32, .ranks_per_group = 16, .bytes = bytes},
                       protocol, machine)
            .end);
    INFO(algorithm << " " << row_of(operation).name << " with " << sub_planes);
    CHECK(time <= before * 1.01);
    before = time;
  }
}

#include "workloads/collective/collective_spec.h"

#include "models/collectives/collective_table.h"
#include "models/network/card_planes.h"
#include "models/network/fabric_use.h"
#include "sim/config/suggestion.h"
#include "sim/units/parse_quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace cm::workloads {
namespace {

using models::CollectiveQuestion;
using models::Operation;
using sim::config::Reader;

template <typename Rows, typename Name>
std::vector<std::string> names_of(const Rows& rows, Name name)
{
  std::vector<std::string> names;
  for (const auto& row : rows)
    names.emplace_back(row.*name);
  return names;
}

// SimGrid's solver takes minutes beyond.
constexpr std::uint32_t MostRanksOfFlows = 128;

void complain_of_word(Reader& workload, std::string_view key, const std::string& found,
                      const std::vector<std::string>& words)
{
  const auto near = sim::config::nearest(found, words);
  workload.complain(key, fmt::format("expected one of {}, found \"{}\"{}", sim::config::joined(words, ", "), found,
                                     near ? fmt::format("; did you mean \"{}\"?", *near) : ""));
}

void read_operation(Reader& workload, Operation& out)
{
  std::string word;
  workload.required({"operation", "operation that the ranks run together"}, word);
  if (word.empty())
    return;
  if (const auto operation = models::find_operation(word))
    out = *operation;
  else
    complain_of_word(workload, "operation", word, names_of(models::operation_table(), &models::OperationRow::name));
}

// One of the two keys, or both of them are wrong.
void read_bytes(Reader& workload, CollectiveQuestion& question)
{
  Bytes bytes{0};
  Bytes bytes_per_pair{0};
  const models::OperationRow& row = models::row_of(question.operation);
  workload.optional(
      {"bytes",
       "the whole vector (all-reduce, broadcast), a rank's share (all-gather, reduce-scatter), all that a "
       "rank holds for all ranks, itself included (all-to-all), a message (the rest)",
       1.0, 1e12},
      bytes);
  workload.optional(
      {"bytes_per_pair", "bytes that a rank sends to another; not for all-reduce and broadcast", 1.0, 1e12},
      bytes_per_pair);
  const bool has_bytes = workload.has("bytes");
  const bool has_pair = workload.has("bytes_per_pair");
  if (has_bytes == has_pair)
    workload.complain(has_pair ? "bytes_per_pair" : "bytes",
                      fmt::format("expected one of bytes and bytes_per_pair, found {}", has_pair ? "both" : "neither"));
  if (has_pair && row.has_vector)
    workload.complain("bytes_per_pair", fmt::format("{} takes bytes, the size of its vector", row.name));
  question.bytes = has_pair ? bytes_per_pair : bytes;
  if (has_bytes && question.operation == Operation::AllToAll) {
    question.bytes = Bytes(bytes.count() / std::max<std::int64_t>(question.ranks, 1));
    if (bytes.count() > 0 && question.bytes.count() == 0)
      workload.complain("bytes", fmt::format("expected at least a byte for each of {} ranks", question.ranks));
  }
}

void check_machine(Reader& workload, const CollectiveSpec& spec, const models::MachineSpec& machine)
{
  const std::uint32_t dies = machine.topology.dies();
  if (dies > 0 && spec.question.ranks > dies)
    workload.complain("ranks",
                      fmt::format("{0} ranks need {0} dies, but the machine has {1}", spec.question.ranks, dies));
  if (machine.ub.model == models::UbModel::Flow && spec.question.ranks > MostRanksOfFlows)
    workload.complain("ranks", fmt::format("{}: flow takes at most {} ranks, found {}", machine.ub.key("model"),
                                           MostRanksOfFlows, spec.question.ranks));
  const auto& protocols = machine.die.protocols;
  if (const auto problem = machine.node_traffic_problem())
    workload.complain("kind", "its ranks share nodes: " + *problem);
  else if (protocols.empty())
    workload.complain("kind", "the machine's die has no protocols of collectives (machine.die.collectives)");
  if (spec.protocol != "auto" &&
      std::ranges::find(protocols, spec.protocol, &models::ProtocolSpec::name) == protocols.end()) {
    std::vector<std::string> words = names_of(protocols, &models::ProtocolSpec::name);
    words.insert(words.begin(), "auto");
    complain_of_word(workload, "protocol", spec.protocol, words);
  }
}

// The largest buffer of a rank: what it sends or what it receives.
void check_memory(Reader& workload, const CollectiveQuestion& question, const models::MachineSpec& machine)
{
  const Bytes room = machine.die.hbm_capacity - machine.die.reserved;
  const bool is_one = models::row_of(question.operation).has_vector || question.operation == Operation::Permutation;
  const double buffer = static_cast<double>(question.bytes.count()) * (is_one ? 1.0 : question.ranks);
  if (room > Bytes(0) && buffer > static_cast<double>(room.count()))
    workload.complain(workload.has("bytes_per_pair") ? "bytes_per_pair" : "bytes",
                      fmt::format("expected buffers that fit the {} which a die's HBM has beside what is reserved, "
                                  "found {:.4g} GB in a rank",
                                  to_text(room), buffer * 1e-9));
}

void check_algorithm(Reader& workload, const CollectiveSpec& spec)
{
  if (spec.algorithm == "auto")
    return;
  const models::Algorithm* algorithm = models::find_algorithm(spec.algorithm);
  if (algorithm == nullptr) {
    std::vector<std::string> words = names_of(models::collective_table(), &models::Algorithm::name);
    words.insert(words.begin(), "auto");
    complain_of_word(workload, "algorithm", spec.algorithm, words);
  } else if (const auto problem = algorithm->problem(spec.question)) {
    workload.complain("algorithm", *problem);
  }
}

}  // namespace

CollectiveSpec read_collective(Reader& workload, models::MachineSpec& machine)
{
  CollectiveSpec spec;
  CollectiveQuestion& question = spec.question;
  enum class Kind { Collective } kind = Kind::Collective;
  int ranks = 2;
  workload.choice({"kind", "kind of the workload"}, kind, {{"collective", Kind::Collective}}, true);
  models::read_plane(workload, machine);
  workload.required({"ranks", "members, on consecutive dies", 2.0, 100000.0}, ranks);
  question.ranks = static_cast<std::uint32_t>(ranks);
  question.ranks_per_group = std::max(machine.topology.dies_per_node(), 1U);
  read_operation(workload, question.operation);
  read_bytes(workload, question);
  workload.optional({"hot_factor", "all-to-all: rank 0 receives so many times the share of another", 0.0, 1e6},
                    question.hot_factor);
  if (question.hot_factor != 1 && question.operation != Operation::AllToAll)
    workload.complain("hot_factor",
                      fmt::format("expected 1: {} has no share to be hot", models::row_of(question.operation).name));
  workload.optional({"algorithm", "who sends what to whom in which step; auto takes what is expected to end first"},
                    spec.algorithm);
  workload.optional(
      {"protocol", "which of machine.die.collectives moves the data; auto takes what is expected to end first"},
      spec.protocol);
  spec.ignores_experts = models::expert_lanes(machine) > 0 && !workload.has("sub_plane_choice");
  if (spec.ignores_experts)
    machine.ub.lane_choice = sim::fabric::LaneChoice::Spray;
  models::read_policy_choices(workload, machine.ub);
  if (models::expert_lanes(machine) > 0) {
    std::vector<std::string> words;
    for (const sim::fabric::LanePolicy& policy : models::lane_words())
      if (policy.choice != sim::fabric::LaneChoice::ByMessage)
        words.emplace_back(policy.name);
    workload.complain("sub_plane_choice",
                      fmt::format("expected one of {}, found by-expert: a collective has no experts",
                                  sim::config::joined(words, ", ")));
  }
  check_algorithm(workload, spec);
  check_machine(workload, spec, machine);
  check_memory(workload, question, machine);
  workload.finish();
  return spec;
}

std::vector<sim::config::UnusedKey> unused_keys(const CollectiveSpec& spec, const models::MachineSpec& machine)
{
  std::vector<sim::config::UnusedKey> unused;
  models::add_unused_card_keys(machine, unused);
  models::add_unused_fabric_keys(
      machine, {.between_nodes = spec.question.ranks > machine.topology.dies_per_node(), .reports_queues = true},
      unused);
  if (spec.ignores_experts)
    unused.push_back(
        {machine.ub.key("sub_plane_choice"), "a collective has no experts, so that by-expert sprays its packets"});
  for (const char* key : {"access", "write_limit", "cpu_bandwidth", "cpu_lanes"})
    unused.push_back({machine.ub.key(key), "dies alone exchange, paced by their protocol (machine.die.collectives)"});
  for (const models::ProtocolSpec& protocol : machine.die.protocols)
    if (spec.protocol != "auto" && protocol.name != spec.protocol)
      unused.push_back({"machine.die.collectives." + protocol.name, "workload.protocol names another one"});
  return unused;
}

}  // namespace cm::workloads

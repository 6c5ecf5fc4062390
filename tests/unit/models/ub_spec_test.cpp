#include "models/network/ub_spec.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace cm;
using namespace cm::models;
using namespace cm::sim::config;
using sim::fabric::LaneChoice;
using sim::fabric::SpineChoice;

namespace {

struct Reading {
  UbSpec spec;
  ReadingLog log;
};

Reading read(const std::string& text, LaneChoice lane = LaneChoice::Spray, SpineChoice spine = SpineChoice::Spray)
{
  Reading reading;
  reading.spec.lane_choice = lane;
  reading.spec.spine_choice = spine;
  const Value map = parse_text("f", text);
  Reader reader(map, "workload", reading.log);
  read_policy_choices(reader, reading.spec);
  reader.finish();
  return reading;
}

}  // namespace

TEST_CASE("every policy of the fabric has a word, and the one by message is that by expert")
{
  std::vector<std::string_view> words;
  for (const auto& word : lane_words()) {
    words.push_back(word.name);
    CHECK(read("{sub_plane_choice: " + std::string(word.name) + "}").spec.lane_choice == word.choice);
  }
  CHECK(words == std::vector<std::string_view>{"spray", "hash", "by-destination", "by-expert"});
  for (const auto& policy : sim::fabric::spine_policies())
    CHECK(read("{l2_choice: " + std::string(policy.name) + "}").spec.spine_choice == policy.choice);
}

TEST_CASE("a workload that chooses no policy keeps the machine's, which is told as the default")
{
  const Reading reading = read("{}", LaneChoice::ByDestination, SpineChoice::LeastQueue);
  CHECK(reading.log.problems.empty());
  CHECK(reading.spec.lane_choice == LaneChoice::ByDestination);
  CHECK(reading.spec.spine_choice == SpineChoice::LeastQueue);
  REQUIRE(reading.log.declarations.size() == 2);
  CHECK(reading.log.declarations[0].default_text == "by-destination");
  CHECK(reading.log.declarations[0].choice_sentences.at(3) == lane_words().at(3).sentence);
  CHECK(reading.log.declarations[1].default_text == "least-queue");
  CHECK(reading.log.declarations[1].choice_sentences.size() == 3);
}

TEST_CASE("a word that is no policy is refused with those that are")
{
  const Reading reading = read("{l2_choice: least-queu, sub_plane_choice: by-message}", LaneChoice::Hash);
  REQUIRE(reading.log.problems.size() == 2);
  CHECK(reading.log.problems[0] == "f:1:43: workload.sub_plane_choice: expected one of spray, hash, by-destination, "
                                   "by-expert, found \"by-message\"");
  CHECK(reading.log.problems[1] == "f:1:13: workload.l2_choice: expected one of spray, hash, least-queue, found "
                                   "\"least-queu\"; did you mean \"least-queue\"?");
  CHECK(reading.spec.lane_choice == LaneChoice::Hash);
}

TEST_CASE("the fabric gets the machine's policy and the run's seed")
{
  UbSpec spec;
  spec.flow_control = sim::fabric::FlowControl::Credits;
  spec.forwarding = sim::fabric::Forwarding::StoreAndForward;
  spec.acknowledgements = sim::fabric::Acknowledgement::Packets;
  spec.lane_choice = LaneChoice::ByMessage;
  spec.spine_choice = SpineChoice::Hash;
  spec.mtu = 4_KiB;
  spec.frame_overhead = 24_B;
  spec.control_packet = 40_B;
  CHECK(fabric_policy(spec, 9) == sim::fabric::FabricPolicy{.flow_control = sim::fabric::FlowControl::Credits,
                                                            .forwarding = sim::fabric::Forwarding::StoreAndForward,
                                                            .lane_choice = LaneChoice::ByMessage,
                                                            .spine_choice = SpineChoice::Hash,
                                                            .acknowledgement = sim::fabric::Acknowledgement::Packets,
                                                            .mtu = 4_KiB,
                                                            .frame_overhead = 24_B,
                                                            .acknowledgement_size = 40_B,
                                                            .seed = 9});
}

TEST_CASE("a way between nodes is longer by the traversals beyond the first, and keys are named by their plane")
{
  UbSpec spec;
  spec.traversal = 200_ns;
  spec.internode_traversals = 3;
  CHECK(spec.extra_traversals().count() == Approx(400e-9));
  CHECK(spec.key("mtu") == "machine.ub.mtu");
  spec.section = "machine.rdma.fabric";
  CHECK(spec.key("mtu") == "machine.rdma.fabric.mtu");
}

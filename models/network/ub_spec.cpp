#include "models/network/ub_spec.h"

#include "topology/fabrics/fabric_kind.h"

#include <cstddef>

namespace cm::models {

using sim::config::Reader;
namespace fabric = sim::fabric;

UbSpec read_ub(Reader& ub)
{
  UbSpec spec;
  spec.section = ub.path();
  ub.choice({"model", "how UB traffic is simulated"}, spec.model,
            {{"packet", UbModel::Packet}, {"flow", UbModel::Flow}});
  ub.choice({"write_limit", "whether the limit on remote writes belongs to the engine or to each lane (not published)"},
            spec.write_limit, {{"engine", WriteLimit::Engine}, {"lane", WriteLimit::Lane}});
  ub.choice({"flags", "flags as latency or as packets of their own"}, spec.flags,
            {{"latency", FlagModel::Latency}, {"packets", FlagModel::Packets}});
  ub.choice({"flow_control", "unlimited queues, or finite buffers with credits"}, spec.flow_control,
            {{"none", fabric::FlowControl::None}, {"credits", fabric::FlowControl::Credits}});
  ub.choice(
      {"forwarding", "when a switch starts to send a packet on"}, spec.forwarding,
      {{"cut-through", fabric::Forwarding::CutThrough}, {"store-and-forward", fabric::Forwarding::StoreAndForward}});
  ub.choice({"acknowledgements", "acknowledgements as latency or as packets of their own"}, spec.acknowledgements,
            {{"latency", fabric::Acknowledgement::Latency}, {"packets", fabric::Acknowledgement::Packets}});
  read_policy_choices(ub, spec);
  ub.required({"mtu", "largest payload of a packet", 64.0, 1048576.0}, spec.mtu);
  ub.required({"frame_overhead", "bytes added to every packet on the wire", 0.0, 4096.0}, spec.frame_overhead);
  ub.required_fraction({"payload_share", "payload of a port's rate; the rest is framing inside packets", 0.01, 1.0},
                       spec.payload_share);
  ub.required({"buffer", "room in front of a port; a warning is given when a queue would have passed it", 64.0, 1e9},
              spec.buffer);
  ub.required({"control_packet", "size of flags, requests and acknowledgements", 1.0, 4096.0}, spec.control_packet);
  ub.required({"traversal_latency", "one switch chip and the link behind it", 0.0, 1e-3}, spec.traversal);
  if (topology::names_clos(ub))
    ub.required({"internode_traversals", "traversals of a way between nodes; one inside a node", 1.0, 9.0},
                spec.internode_traversals);
  ub.required_fraction({"internode_cost", "extra engine time of a packet that leaves its node", 0.0, 1.0},
                       spec.internode_cost);
  Reader access = ub.section({"access", "latency of one remote access, traversals apart"});
  access.required({"npu_base", "issue, memory and completion when the target is a die", 0.0, 1e-3},
                  spec.access.npu_base);
  access.required({"cpu_base", "issue, memory and completion when the target is a CPU", 0.0, 1e-3},
                  spec.access.cpu_base);
  access.required({"write_extra", "extra time of a write over a read", 0.0, 1e-3}, spec.access.write_extra);
  access.finish();
  spec.traffic = read_traffic_classes(ub);
  return spec;
}

void read_policy_choices(Reader& reader, UbSpec& spec)
{
  const std::vector<fabric::LanePolicy> lanes = lane_words();
  const fabric::LanePolicy* lane = &lanes.at(static_cast<std::size_t>(spec.lane_choice));
  reader.choice_of_row<fabric::LanePolicy>({"sub_plane_choice", "which sub-plane a packet leaves its source on"}, lane,
                                           lanes);
  spec.lane_choice = lane->choice;
  const fabric::SpinePolicy* spine = &fabric::policy_of(spec.spine_choice);
  reader.choice_of_row({"l2_choice", "which L2 chip a packet goes through"}, spine, fabric::spine_policies());
  spec.spine_choice = spine->choice;
}

std::vector<fabric::LanePolicy> lane_words()
{
  std::vector<fabric::LanePolicy> words(fabric::lane_policies().begin(), fabric::lane_policies().end());
  // Senders name lanes of messages by experts here (expert_lanes), of which the fabric knows nothing.
  fabric::LanePolicy& by_message = words.at(static_cast<std::size_t>(fabric::LaneChoice::ByMessage));
  by_message.name = "by-expert";
  by_message.sentence = "by the number of the expert that a row goes to or comes from; all else is sprayed";
  return words;
}

fabric::FabricPolicy fabric_policy(const UbSpec& spec, std::uint64_t seed)
{
  fabric::FabricPolicy policy;
  policy.flow_control = spec.flow_control;
  policy.forwarding = spec.forwarding;
  policy.lane_choice = spec.lane_choice;
  policy.spine_choice = spec.spine_choice;
  policy.acknowledgement = spec.acknowledgements;
  policy.classes = spec.traffic.policy;
  policy.mtu = spec.mtu;
  policy.frame_overhead = spec.frame_overhead;
  policy.acknowledgement_size = spec.control_packet;
  policy.seed = seed;
  return policy;
}

}  // namespace cm::models

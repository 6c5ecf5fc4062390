// The planes beside the packet plane, made of cards around one non-blocking switch: RDMA, an adapter a die, and VPC, a
// card a node that all its dies and CPUs share. Of one description of a card (card_spec.h) come the planes of SimGrid's
// flows and, for a workload that names such a plane (workload.plane), a network of packets. docs/models/card-planes.md.
#pragma once

#include "models/network/machine.h"
#include "sim/config/unused_key.h"
#include "sim/engine/star_plane.h"

#include <string>
#include <string_view>
#include <vector>

namespace cm::models {

// Rate at which a card of the plane carries payload, one way.
BytesPerSecond card_rate(const MachineSpec& machine, CardPlane plane);

// The planes that SimGrid's flow model simulates. RDMA: one endpoint a die. VPC: one endpoint a node, its card.
sim::engine::StarPlaneSpec rdma_plane(const MachineSpec& machine);
sim::engine::StarPlaneSpec vpc_plane(const MachineSpec& machine);

// Changes the machine so that packets run over cards, whose packets have a size (CardSpec::mtu): its packet plane has
// one lane, the card, with the card's rules, and the protocols of its dies move their bytes by it.
void use_cards(CardPlane plane, MachineSpec& machine);
// Reads the key `plane` of a workload, and uses the cards that it names.
void read_plane(sim::config::Reader& workload, MachineSpec& machine);

// The network of machine.cards: of RDMA a star of the dies, of VPC a tree of nodes in which a card's port stands for
// each direction. What two devices of a node send each other over VPC takes its card both ways, and no more.
sim::streams::DataPlaneSpec card_data_plane(const MachineSpec& machine, std::uint64_t seed);
// [port] of that network: "RDMA adapter of die 17, out".
std::vector<std::string> card_port_names(const MachineSpec& machine);

// Words for machine.cards, which is set. "RDMA adapters".
std::string_view card_words(const MachineSpec& machine);
// Why a device has no card, empty when it has one: a CPU has no RDMA adapter. `endpoint`: dies first, then CPUs.
std::optional<std::string> card_problem(const MachineSpec& machine, std::uint32_t endpoint);

// Time in which `posters` side by side post so many messages; none on the packet plane.
Seconds posting_time(const MachineSpec& machine, std::size_t messages, int posters);
// Paces a flow of messages whose engine is that of its card: `posters` side by side post them, and posts go on while
// the card sends. Where posting takes longer the card rests after each message, as long as messages do that are all
// alike. The first post is the caller's to wait for (UbSpec::access, ProtocolSpec::launch and step).
void post_messages(const MachineSpec& machine, int posters, sim::fabric::FlowSpec& flow);

// Says in the notes of a result which way its bytes took; nothing of the packet plane.
void add_card_notes(const MachineSpec& machine, std::vector<std::string>& notes);

// Appends the keys that a run has no use for because of the plane that carries its bytes.
void add_unused_card_keys(const MachineSpec& machine, std::vector<sim::config::UnusedKey>& unused);

}  // namespace cm::models

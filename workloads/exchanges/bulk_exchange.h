// All ranks of a group send each other long stretches of bytes by SDMA: the all-gather and the all-to-all of attention,
// dispatch and combine of the experts. A rank sends to the next rank first and walks on; it is through when all that it
// is to receive has come. Nobody waits for anybody else.
#pragma once

#include "models/network/machine.h"

#include <array>
#include <cstdint>
#include <vector>

namespace cm::workloads {

// Bytes that each rank sends to each.
struct BulkBytes {
  std::vector<std::int64_t> pairs;  // [source * ranks + destination]
  // The same lane by lane, [(source * ranks + destination) * lanes + lane], when it is said which bytes take which
  // lane.
  std::vector<std::int64_t> by_lane{};
};

// One exchange at a time per rank. A rank may be one exchange ahead of another: inboxes are kept for two generations.
class BulkExchange {
 public:
  // Borrowed: machine, plane and engines. The group's ranks are consecutive dies from `first_die` on. Notices given to
  // the plane are notice_base + [0, 2^20): see rank_of().
  BulkExchange(std::uint32_t first_die, std::uint32_t ranks, const models::MachineSpec& machine,
               sim::streams::DataPlane& plane, const models::EndpointEngines& engines, std::uint64_t notice_base);

  // Before a generation's first rank sends: what each rank sends to each. Bytes to itself stay where they are.
  void open(std::uint32_t generation, BulkBytes&& bytes);
  // A rank starts to send, after the start-up of its SDMA. True when the rank has nothing to receive and is through.
  bool send(std::uint32_t generation, std::uint32_t rank);

  // Bytes that a rank sends to others, and gets from them, in an opened generation.
  [[nodiscard]] std::int64_t outbound(std::uint32_t generation, std::uint32_t rank) const;
  [[nodiscard]] std::int64_t inbound(std::uint32_t generation, std::uint32_t rank) const
  {
    return generations_[generation % 2].inbound[rank];
  }

  [[nodiscard]] static std::uint32_t rank_of(std::uint64_t notice) { return notice & RankMask; }
  // Whether the notice says that a rank is through; else it is this exchange's own, and is worked off.
  bool on_notice(std::uint64_t notice);

 private:
  static constexpr std::uint32_t RankBits = 18;
  static constexpr std::uint32_t RankMask = (1U << RankBits) - 1;
  enum Event : std::uint64_t { StartedUp = 0, Received = 1 };

  struct Generation {
    BulkBytes bytes;
    std::vector<std::int64_t> inbound;  // [rank]
    sim::fabric::InboxIndex inboxes = 0;
  };

  // `pair`: of source and destination. Bytes of each lane go as messages of their own.
  static void add_messages(sim::fabric::FlowSpec& flow, std::uint32_t destination, const BulkBytes& bytes,
                           std::size_t pair);
  [[nodiscard]] std::uint64_t notice(Event event, std::uint32_t generation, std::uint32_t rank) const
  {
    return notice_base_ + ((event << 1U | generation % 2) << RankBits | rank);
  }

  std::uint32_t first_die_;
  std::uint32_t ranks_;
  Picoseconds start_up_;
  sim::streams::DataPlane& plane_;
  const models::EndpointEngines& engines_;
  std::uint64_t notice_base_;
  std::array<Generation, 2> generations_;
};

}  // namespace cm::workloads

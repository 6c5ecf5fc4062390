// All ranks of a group send each other long stretches of bytes by SDMA: the all-gather and the all-to-all of attention,
// dispatch and combine of the experts. A rank sends to the next rank first and walks on; it is through when all that it
// is to receive has come. Nobody waits for anybody else.
#pragma once

#include "workloads/exchanges/exchange.h"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace cm::workloads {

// Bytes that each rank sends to each.
struct BulkBytes {
  std::vector<std::int64_t> pairs;  // [source * ranks + destination]
  // The same lane by lane, [(source * ranks + destination) * lanes + lane], when it is said which bytes take which
  // lane.
  std::vector<std::int64_t> by_lane{};
};

// Bytes of a generation.
using BulkSource = std::function<BulkBytes(std::uint32_t generation)>;

// One exchange at a time per rank, of one part. A rank may be one exchange ahead of another: inboxes are kept for two
// generations.
class BulkExchange final : public Exchange, private sim::streams::NoticeOwner {
 public:
  BulkExchange(std::uint32_t ranks, const ExchangePlace& place, BulkSource source);

  // Bytes that the rank sends to others, and gets from them.
  [[nodiscard]] models::StageWork work(std::uint32_t part, std::uint32_t generation, std::uint32_t rank,
                                       Seconds spent) const override;

 private:
  enum class Event : std::uint8_t { StartedUp, Received };

  struct Generation {
    BulkBytes bytes;
    std::vector<std::int64_t> inbound;  // [rank]
    sim::fabric::InboxIndex inboxes = 0;
  };

  // `pair`: of source and destination. Bytes of each lane go as messages of their own.
  static void add_messages(sim::fabric::FlowSpec& flow, std::uint32_t destination, const BulkBytes& bytes,
                           std::size_t pair);
  // Bytes to itself stay where they are.
  void open(std::uint32_t generation) override;
  // After the start-up of the die's SDMA. A rank that has nothing to receive is through at once.
  void begin(std::uint32_t part, std::uint32_t generation, std::uint32_t rank) override;
  void on_notice(const sim::streams::Notice& notice, Picoseconds now) override;
  void send(std::uint32_t generation, std::uint32_t rank);

  std::uint32_t ranks_;
  ExchangePlace place_;
  BulkSource source_;
  sim::streams::NoticeRange notices_;  // member: rank, detail: which of two generations
  std::array<Generation, 2> generations_;
};

}  // namespace cm::workloads

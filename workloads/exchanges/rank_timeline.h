// The timeline of an expert-parallel group: for some of its ranks what their streams do when, arrows along the rows
// that these ranks send each other (dispatch, experts, combine), and how busy each sub-plane is. All ranks would be too
// much to look at; those shown are spread evenly over the group.
#pragma once

#include "models/network/machine.h"
#include "sim/timeline/timeline.h"
#include "workloads/exchanges/token_routing.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::workloads {

// Moments of one rank in one exchange, in order.
enum class ExchangeMark : std::uint8_t {
  DispatchStart,
  DispatchSends,
  Fenced,
  FlagsOut,
  BarrierPassed,
  Reordered,  // the end of dispatch
  CombineStart,
  CombineSends,
  CombineSent,
  TokensBack,
  Gathered,  // the end of combine
};

// One microbatch of one rank.
struct Walker {
  std::uint32_t rank = 0;
  std::uint32_t microbatch = 0;
};

// Names of the stretches between the moments; the words outlive the timeline.
struct PartNames {
  std::string_view dispatch_sending;     // from DispatchSends to Fenced
  std::string_view dispatch_counting;    // to FlagsOut
  std::string_view dispatch_waiting;     // to BarrierPassed
  std::string_view dispatch_reordering;  // to Reordered
  std::string_view combine_sending;      // from CombineSends to CombineSent
  std::string_view combine_waiting;      // until both CombineSent and TokensBack have come
  std::string_view combine_gathering;    // to Gathered
};

class RankTimeline {
 public:
  static constexpr std::uint32_t MaximumRanks = 8;

  // Timeline and fabric are borrowed. `streams` names a rank's tracks; exchanges are on the last one.
  RankTimeline(sim::timeline::Timeline& timeline, const sim::fabric::PacketFabric& fabric,
               const models::MachineSpec& machine, std::uint32_t ranks, std::span<const std::string_view> streams);

  void name_parts(const PartNames& names) { names_ = names; }

  // Sets the arguments that the walker's next slices are shown with.
  void enter(const Walker& walker, std::vector<sim::timeline::Argument> arguments);

  // An operator of the walker; one at a time.
  void begin(const Walker& walker, std::size_t stream, std::string_view name, Picoseconds now);
  void end(const Walker& walker, Picoseconds now);

  // Every moment of every exchange is to be told, with what the exchange carries and its number.
  void mark(const Walker& walker, ExchangeMark mark, std::uint32_t generation, const ExchangeTraffic& traffic,
            Picoseconds now);
  // The rows that the rank received are worked on from now on, in the slice that has just begun on `stream`.
  void use_rows(const Walker& walker, std::size_t stream, std::uint32_t generation, const ExchangeTraffic& traffic,
                Picoseconds now);

 private:
  struct Sampled {
    std::uint32_t rank = 0;
    std::vector<sim::timeline::TrackIndex> tracks;  // [stream]
  };

  struct State {
    std::vector<sim::timeline::Argument> arguments;
    sim::timeline::Slice running;
    std::array<Picoseconds, static_cast<std::size_t>(ExchangeMark::Gathered) + 1> marks{};
  };

  static constexpr std::uint32_t MaximumMicrobatches = 2;
  static constexpr std::uint32_t NotSampled = ~0U;

  void add_ranks(const models::MachineSpec& machine, std::uint32_t ranks, std::span<const std::string_view> streams);
  void add_sub_planes(const models::MachineSpec& machine, std::uint32_t ranks);
  [[nodiscard]] bool shows(std::uint32_t rank) const { return place_of_[rank] != NotSampled; }
  State& state(const Walker& walker) { return states_[place_of_[walker.rank]][walker.microbatch]; }
  void add_dispatch(const Walker& walker);
  void add_combine(const Walker& walker);
  void add_part(const Walker& walker, std::string_view name, Picoseconds start, Picoseconds end);
  // One arrow for each shown rank that the walker's rank gets rows from (or, for its own rows, sends rows to).
  enum class Whose { RowsSent, RowsReceived };
  void add_arrows(const Walker& walker, sim::timeline::ArrowPoint point, Whose whose, std::size_t stream,
                  std::uint32_t generation, const ExchangeTraffic& traffic, Picoseconds at);
  void sample_sub_planes(Picoseconds now);

  sim::timeline::Timeline& timeline_;
  const sim::fabric::PacketFabric& fabric_;
  PartNames names_;
  std::vector<std::uint32_t> place_of_;  // [rank]: its place among those shown
  std::vector<Sampled> sampled_;
  std::vector<std::array<State, MaximumMicrobatches>> states_;  // [place][microbatch]
  std::vector<sim::timeline::CounterIndex> sub_planes_;
  std::vector<double> carried_;  // [sub-plane]: bytes up to the last sample
  double bytes_per_ps_ = 0;      // what the group can put onto one sub-plane
  Picoseconds sampled_at_;
};

}  // namespace cm::workloads

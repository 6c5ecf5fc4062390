// Runs a collective's plan on the data plane. Each rank moves on its own, from step to step as its data arrives and its
// own is acknowledged.
#pragma once

#include "models/collectives/collective_plan.h"
#include "models/network/machine.h"
#include "sim/streams/data_plane.h"

#include <cstdint>
#include <vector>

namespace cm::workloads {

class CollectiveRun final : public sim::streams::NoticeOwner {
 public:
  // All are borrowed. Rank r is die r. `done` is raised when the last rank has ended.
  CollectiveRun(const models::CollectivePlan& plan, const models::ProtocolSpec& protocol,
                const models::MachineSpec& machine, sim::streams::DataPlane& plane, sim::streams::Signal done);

  // All ranks call the operation now.
  void start();
  void on_notice(const sim::streams::Notice& notice, Picoseconds now) override;

  // When each rank had all that it was to have and had sent what it was to send.
  [[nodiscard]] const std::vector<Picoseconds>& ends() const { return ends_; }

 private:
  enum class Happening : std::uint8_t { Launched, PartDone, Reduced };

  struct RankState {
    std::uint32_t step = 0;
    std::uint32_t next_message = 0;
    std::uint32_t next_reduction = 0;
    bool has_entered = false;  // the operation, after its launch
  };

  [[nodiscard]] std::size_t cell(std::uint32_t step, std::uint32_t rank) const
  {
    return static_cast<std::size_t>(step) * plan_.ranks.size() + rank;
  }
  void enter(std::uint32_t rank, Picoseconds now);
  void leave(std::uint32_t rank, Picoseconds now);
  void send(std::uint32_t rank);
  void start_flow(std::uint32_t rank, std::vector<sim::fabric::Message> messages, std::size_t peers);
  [[nodiscard]] bool reduce(std::uint32_t rank);

  const models::CollectivePlan& plan_;
  const models::ProtocolSpec& protocol_;
  const models::MachineSpec& machine_;
  sim::streams::DataPlane& plane_;
  sim::streams::NoticeRange notices_;  // member: rank, detail: step
  sim::streams::Signal done_;
  sim::fabric::EngineIndex engines_;
  sim::fabric::InboxIndex inboxes_;
  // [cell]: of what the step waits for, data to come and acknowledgements of its own flows, how much is open.
  std::vector<std::uint32_t> pending_;
  std::vector<bool> receives_;  // [cell]: anything
  std::vector<RankState> states_;
  std::vector<Picoseconds> ends_;
  std::uint32_t ranks_done_ = 0;
};

}  // namespace cm::workloads

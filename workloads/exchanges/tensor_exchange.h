// Runs the all-reduces, reduce-scatters and all-gathers of tensor-parallel groups on the data plane. Groups are
// consecutive ranks; each moves on its own. A die is through when its own writes are acknowledged and every piece for
// it has come and been added up. Mechanism and costs: models/collectives/tensor_operation.h; writes are paced as those
// of combine are, and a piece counts as arrived when its flag, written after it, has.
#pragma once

#include "models/collectives/fused_kernels.h"
#include "models/collectives/tensor_operation.h"
#include "models/compute/stage_use.h"
#include "models/network/machine.h"

#include <array>
#include <cstdint>
#include <vector>

namespace cm::workloads {

class TensorExchangeListener {
 public:
  virtual ~TensorExchangeListener() = default;
  // Inside the event.
  virtual void on_tensor_exchanged(std::uint32_t exchange, std::uint32_t rank, Picoseconds now) = 0;
};

// One exchange at a time per rank; `id` tells several apart (microbatches). All ranks of a group start the same
// exchanges in the same order. A rank may be one phase ahead of another of its group, never two, because it waits for a
// message of every other one: inboxes are kept for two phases.
class TensorExchange {
 public:
  // Machine, plane, engines and listener are borrowed. Notices given to the plane are notice_base + [0, 2^32).
  // Requires ranks that divide into groups of at least two.
  TensorExchange(std::uint32_t id, std::uint32_t ranks, std::uint32_t group_size, const models::MachineSpec& machine,
                 sim::streams::DataPlane& plane, const models::EndpointEngines& engines,
                 TensorExchangeListener& listener, std::uint64_t notice_base);

  // `cores`: vector cores of the rank that the kernel runs on. task.members is the group's size.
  void start(std::uint32_t rank, const models::TensorTask& task, int cores);

  // A notice of this exchange's range, base subtracted.
  void on_notice(std::uint64_t notice, Picoseconds now);

  // Work of the rank's last exchange, which took it `spent`: its vector cores are held from start to end.
  [[nodiscard]] models::StageWork work(std::uint32_t rank, Seconds spent) const;

 private:
  enum class Step : std::uint8_t { Send, Fenced, Received, Reduced };

  struct RankState {
    models::TensorTask task;
    int cores = 0;
    bool gathers = false;  // in the all-gather, no more in the reduce-scatter
    bool sent = false;
    std::uint32_t phase = 0;         // so far
    std::array<bool, 2> received{};  // [phase % 2]
  };

  void begin_phase(std::uint32_t rank);
  void send(std::uint32_t rank);
  void open(std::uint32_t group, const RankState& state);
  void end_phase_if_done(std::uint32_t rank, Picoseconds now);
  void finish(std::uint32_t rank, Picoseconds now);
  [[nodiscard]] std::int64_t piece_bytes(const RankState& state, std::uint32_t member) const;
  [[nodiscard]] std::uint64_t notice(Step step, std::uint32_t parity, std::uint32_t rank) const;

  std::uint32_t id_;
  std::uint32_t size_;
  const models::MachineSpec& machine_;
  sim::streams::DataPlane& plane_;
  const models::EndpointEngines& engines_;
  TensorExchangeListener& listener_;
  std::uint64_t notice_base_;
  std::vector<RankState> ranks_;
  std::vector<std::uint32_t> opened_;  // [group]: phases whose inboxes wait so far
  std::array<sim::fabric::InboxIndex, 2> inboxes_{};
};

}  // namespace cm::workloads

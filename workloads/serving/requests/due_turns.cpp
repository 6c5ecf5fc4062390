#include "workloads/serving/requests/due_turns.h"

#include <algorithm>
#include <utility>

namespace cm::workloads {

DueTurns::DueTurns(sim::engine::Engine& engine, Arrive arrive) : engine_(engine), arrive_(std::move(arrive)) {}

void DueTurns::follow(Request& ended, Seconds end)
{
  if (ended.turns_before == ended.later.size())
    return;
  LaterTurn& turn = ended.later[ended.turns_before];
  Turn next{.due = end + turn.delay,
            .order = scheduled_++,
            .request = {.arrival = {},
                        .input_tokens = turn.input_tokens,
                        .output_tokens = turn.output_tokens,
                        .blocks = std::move(turn.blocks)}};
  next.request.later = std::move(ended.later);
  next.request.turns_before = ended.turns_before + 1;
  const Seconds due = next.due;
  turns_.push_back(std::move(next));
  std::ranges::push_heap(turns_, std::greater<>());
  if (wake_up_ && *wake_up_ <= due)
    return;
  wake_up_ = due;
  engine_.spawn("turns", [this, keeper = ++keeper_](sim::engine::Control& control) { keep(control, keeper); });
}

// Ends when no turn waits or another keeper has been woken for an earlier one.
void DueTurns::keep(sim::engine::Control& control, std::uint64_t keeper)
{
  while (keeper == keeper_ && wake_up_) {
    const Seconds wake_up = *wake_up_;
    if (wake_up > control.now())
      control.sleep(wake_up - control.now());
    if (keeper != keeper_)
      return;
    while (!turns_.empty() && turns_.front().due <= wake_up) {
      std::ranges::pop_heap(turns_, std::greater<>());
      Request turn = std::move(turns_.back().request);
      turns_.pop_back();
      arrive_(std::move(turn), control.now());
    }
    wake_up_ = turns_.empty() ? std::nullopt : std::optional(turns_.front().due);
  }
}

}  // namespace cm::workloads

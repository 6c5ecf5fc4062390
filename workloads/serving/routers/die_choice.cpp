#include "workloads/serving/routers/die_choice.h"

#include <tuple>

namespace cm::workloads {

std::optional<std::uint32_t> choose_die(const DieQuestion& question)
{
  std::optional<std::uint32_t> best;
  std::tuple<std::int64_t, std::int64_t, Bytes> least;
  for (std::uint32_t die = 0; die < question.dies.size(); ++die) {
    const DieLoad& load = question.dies[die];
    if (load.requests >= question.room.places || load.reserved + question.needed > question.room.memory)
      continue;
    const std::tuple order(load.requests, question.sending(die), load.reserved);
    if (!best || order < least) {
      best = die;
      least = order;
    }
  }
  return best;
}

}  // namespace cm::workloads

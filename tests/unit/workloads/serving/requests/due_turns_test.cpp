#include "workloads/serving/requests/due_turns.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

// A request whose conversation goes on after these delays, in seconds; prompts have as many tokens as the delay.
Request first_of(const std::vector<double>& delays)
{
  Request request;
  for (const double delay : delays)
    request.later.push_back(
        {.delay = Seconds(delay), .input_tokens = static_cast<std::int64_t>(delay), .output_tokens = 1, .blocks = {7}});
  return request;
}

struct Arrived {
  std::int64_t picoseconds = 0;
  std::int64_t input_tokens = 0;
  std::size_t turns_before = 0;

  friend bool operator==(const Arrived&, const Arrived&) = default;
};

std::ostream& operator<<(std::ostream& out, const Arrived& arrived)
{
  return out << arrived.picoseconds << " ps, " << arrived.input_tokens << " tokens, " << arrived.turns_before;
}

constexpr std::int64_t Second = 1'000'000'000'000;

struct Turns {
  sim::engine::Engine engine;
  std::vector<Arrived> arrived;
  std::vector<Request> requests;
  DueTurns due{engine, [this](Request turn, Seconds now) {
                 arrived.push_back({to_picoseconds(now).count(), turn.input_tokens, turn.turns_before});
                 requests.push_back(std::move(turn));
               }};
};

}  // namespace

TEST_CASE("later turns arrive when they are due, the earliest first, those due together in order")
{
  Turns turns;
  Request late = first_of({5});
  Request early = first_of({2});
  Request also_early = first_of({3});
  turns.due.follow(late, Seconds(0));
  turns.due.follow(early, Seconds(1));
  turns.due.follow(also_early, Seconds(0));
  CHECK(turns.due.waiting() == 3);
  turns.engine.run();
  CHECK(turns.arrived == std::vector<Arrived>{{3 * Second, 2, 1}, {3 * Second, 3, 1}, {5 * Second, 5, 1}});
  CHECK(turns.due.waiting() == 0);
  CHECK(turns.requests.at(0).blocks == std::vector<std::uint64_t>{7});
}

TEST_CASE("a turn takes the rest of its conversation along, and none follows the last one")
{
  Turns turns;
  Request first = first_of({1, 4});
  turns.engine.spawn("answers", [&](sim::engine::Control& control) {
    turns.due.follow(first, control.now());
    control.sleep(Seconds(2));
    turns.due.follow(turns.requests.at(0), control.now());
    control.sleep(Seconds(10));
    turns.due.follow(turns.requests.at(1), control.now());
    CHECK(turns.due.waiting() == 0);
  });
  turns.engine.run();
  CHECK(turns.arrived == std::vector<Arrived>{{1 * Second, 1, 1}, {6 * Second, 4, 2}});
}

TEST_CASE("a turn that is due before all that wait is not late")
{
  Turns turns;
  Request late = first_of({9});
  Request early = first_of({1});
  turns.engine.spawn("answers", [&](sim::engine::Control& control) {
    turns.due.follow(late, control.now());
    control.sleep(Seconds(3));
    turns.due.follow(early, control.now());
  });
  turns.engine.run();
  CHECK(turns.arrived == std::vector<Arrived>{{4 * Second, 1, 1}, {9 * Second, 9, 1}});
}

// An exchange of some ranks on a small live machine: who was through when, and how long it waited.
#pragma once

#include "tests/support/small_machine.h"
#include "workloads/exchanges/exchange.h"
#include "workloads/live_machine/live_machine.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace cm::tests {

class ExchangeBench final : public workloads::ExchangeListener, private sim::streams::NoticeOwner {
 public:
  ExchangeBench(models::MachineSpec machine, std::uint32_t ranks)
      : machine_(std::move(machine)), supernode_(machine_.topology), live_(machine_, supernode_, 1),
        starts_(live_.plane().add_owner(*this)), ranks_(ranks)
  {
  }

  [[nodiscard]] workloads::ExchangePlace place(std::uint32_t first_die = 0)
  {
    return {.machine = machine_,
            .plane = live_.plane(),
            .engines = live_.engines(),
            .listener = *this,
            .first_die = first_die};
  }

  // Every rank starts a part at its time from now on, again as soon as it is through while rounds are left; then
  // everything is worked off.
  void run(workloads::Exchange& exchange, std::uint32_t part, const std::vector<Picoseconds>& starts,
           std::uint32_t rounds = 1)
  {
    exchange_ = &exchange;
    part_ = part;
    through.assign(ranks_, -1);
    waited.assign(ranks_, -1);
    rounds_left_.assign(ranks_, rounds);
    for (std::uint32_t rank = 0; rank < ranks_; ++rank)
      live_.plane().remind(starts[rank], starts_(0, rank));
    live_.plane().run(sim::calendar::Calendar::Never - 1);
    generation_ += part == last_part ? rounds : 0;
  }
  void run(workloads::Exchange& exchange, std::uint32_t part = 0)
  {
    run(exchange, part, std::vector<Picoseconds>(ranks_));
  }

  void on_exchanged(const workloads::ExchangeEnd& end) override
  {
    CHECK(end.part == part_);
    REQUIRE(rounds_left_.at(end.rank) > 0);
    REQUIRE(end.waited.count() >= 0);
    if (--rounds_left_[end.rank] > 0) {
      start(end.rank);
      return;
    }
    through.at(end.rank) = microseconds(end.now);
    waited.at(end.rank) = microseconds(end.waited);
  }

  [[nodiscard]] const sim::fabric::PacketFabric& fabric() { return live_.plane().fabric(); }
  [[nodiscard]] double now() { return microseconds(live_.plane().now()); }

  std::vector<double> through;  // us, [rank]
  std::vector<double> waited;
  std::uint32_t last_part = 0;  // of a generation

 private:
  void on_notice(const sim::streams::Notice& notice, Picoseconds /*now*/) override
  {
    rounds_done_.resize(ranks_);
    rounds_done_[notice.member] = 0;
    start(notice.member);
  }
  void start(std::uint32_t rank) { exchange_->start(part_, generation_ + rounds_done_[rank]++, rank); }

  models::MachineSpec machine_;
  topology::Supernode supernode_;
  workloads::LiveMachine live_;
  sim::streams::NoticeRange starts_;
  std::uint32_t ranks_;
  workloads::Exchange* exchange_ = nullptr;
  std::uint32_t part_ = 0;
  std::uint32_t generation_ = 0;
  std::vector<std::uint32_t> rounds_left_;
  std::vector<std::uint32_t> rounds_done_;
};

}  // namespace cm::tests

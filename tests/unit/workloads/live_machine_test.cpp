#include "tests/support/fabric_run.h"
#include "tests/support/small_machine.h"
#include "workloads/live_machine/live_machine.h"

#include <catch2/catch.hpp>

using namespace cm;

namespace {

// Sends one message and notes when its fence is there.
class OneMessage final : public sim::streams::NoticeOwner {
 public:
  OneMessage(workloads::LiveMachine& machine, sim::streams::Signal done)
      : plane_(machine.plane()), notices_(plane_.add_owner(*this)), done_(done)
  {
    flow_ = tests::flow(0, {{1, 1 << 20}}, notices_(0, 7));
    flow_.engine = machine.engines().source(0, false);
  }

  void start() { plane_.start(sim::fabric::FlowSpec(flow_)); }
  void on_notice(const sim::streams::Notice& notice, Picoseconds now) override
  {
    CHECK(notice == sim::streams::Notice{.what = 0, .member = 7, .detail = 0});
    end = now;
    plane_.raise(done_);
  }

  Picoseconds end;

 private:
  sim::streams::DataPlane& plane_;
  sim::streams::NoticeRange notices_;
  sim::streams::Signal done_;
  sim::fabric::FlowSpec flow_;
};

Picoseconds end_with(const workloads::LaneShare& lanes)
{
  const models::MachineSpec machine = tests::small_machine();
  const topology::Supernode supernode(machine.topology);
  workloads::LiveMachine live(machine, supernode, 1, lanes);
  OneMessage message(live, 0);
  live.run_alone(message);
  return message.end;
}

}  // namespace

TEST_CASE("a live machine does by itself what it does under SimGrid")
{
  const models::MachineSpec machine = tests::small_machine();
  const topology::Supernode supernode(machine.topology);
  workloads::LiveMachine live(machine, supernode, 1);
  workloads::MachineRun carried(live);
  const sim::streams::Signal done = carried.new_signal();
  OneMessage message(live, done);
  carried.run("message", message, done);
  CHECK(message.end > Picoseconds(0));
  CHECK(message.end == end_with({}));
}

TEST_CASE("a message that its lanes limit takes as many times longer as their share is smaller")
{
  // A megabyte over 7 lanes of 28 GB/s takes 5.35 us at their full rate; at a tenth and a twentieth the lanes limit it.
  const double tenth = microseconds(end_with({.first_die = 0, .dies = 1, .share = 0.1}));
  const double twentieth = microseconds(end_with({.first_die = 0, .dies = 1, .share = 0.05}));
  CHECK(twentieth - tenth == Approx(53.5).margin(0.5));
  CHECK(end_with({.first_die = 2, .dies = 1, .share = 0.1}) == end_with({}));
}

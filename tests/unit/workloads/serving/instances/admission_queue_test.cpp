#include "tests/support/service_parts.h"
#include "workloads/serving/instances/admission_queue.h"

using namespace cm;
using namespace cm::workloads;
using tests::asking;

namespace {

// Two dies with two places and room for 1000 tokens of a byte each.
struct Admissions {
  tests::ServiceParts parts;
  HandOvers hand_overs{parts.spec, parts.planes, parts.engine, Bytes(1)};
  std::int64_t most_on_die = 9;  // that hold the target
  AdmissionQueue queue{DecodeDies(2, {.places = 2, .memory = Bytes(1000)}), hand_overs, Bytes(1),
                       [this](std::int64_t requests, const InFlight& /*request*/) { return requests <= most_on_die; }};
};

}  // namespace

TEST_CASE("requests are admitted in order to the emptier die, and get memory for prompt and answer")
{
  Admissions admissions;
  InFlight first = asking(500, 100);
  InFlight second = asking(300, 100);
  admissions.queue.submit(first);
  admissions.queue.submit(second);
  CHECK(admissions.queue.waiting() == 2);
  CHECK(admissions.queue.admit(Seconds(3)) == &first);
  CHECK(admissions.queue.admit(Seconds(3)) == &second);
  CHECK(admissions.queue.admit(Seconds(3)) == nullptr);
  CHECK(first.rank == 0);
  CHECK(second.rank == 1);
  CHECK(first.when(Milestone::Admitted) == 3'000'000'000'000);
  CHECK(admissions.queue.dies().loads()[0] == DieLoad{1, Bytes(600)});
  CHECK(admissions.queue.dies().loads()[1] == DieLoad{1, Bytes(400)});
  CHECK(admissions.queue.waits() == DecodeWaits{});
  admissions.queue.release(first);
  CHECK(admissions.queue.dies().loads()[0] == DieLoad{});
}

TEST_CASE("a request that has to wait keeps those behind it waiting, and what it waits for is counted")
{
  Admissions admissions;
  std::vector<InFlight> requests;
  for (const std::int64_t tokens : {600, 600, 500, 10, 10})
    requests.push_back(asking(tokens, 0));
  for (InFlight& request : requests)
    admissions.queue.submit(request);
  CHECK(admissions.queue.admit(Seconds(0)) == &requests[0]);
  CHECK(admissions.queue.admit(Seconds(0)) == &requests[1]);
  // Places there are, memory for 500 more on neither die; the short ones stay behind.
  CHECK(admissions.queue.admit(Seconds(0)) == nullptr);
  CHECK(admissions.queue.waits() == DecodeWaits{.for_memory = 1});
  admissions.queue.release(requests[0]);
  CHECK(admissions.queue.admit(Seconds(0)) == &requests[2]);
  CHECK(requests[2].rank == 0);
  CHECK(admissions.queue.admit(Seconds(0)) == &requests[3]);
  CHECK(admissions.queue.admit(Seconds(0)) == &requests[4]);
  InFlight last = asking(1, 0);
  admissions.queue.submit(last);
  CHECK(admissions.queue.admit(Seconds(0)) == nullptr);
  CHECK(admissions.queue.waits() == DecodeWaits{.for_memory = 1, .for_place = 1});
}

TEST_CASE("a request waits for the target although a die has room")
{
  Admissions admissions;
  admissions.most_on_die = 1;
  std::vector<InFlight> requests;
  for (int i = 0; i < 3; ++i)
    requests.push_back(asking(10, 0));
  for (InFlight& request : requests)
    admissions.queue.submit(request);
  CHECK(admissions.queue.admit(Seconds(0)) == &requests[0]);
  CHECK(admissions.queue.admit(Seconds(0)) == &requests[1]);
  CHECK(admissions.queue.admit(Seconds(0)) == nullptr);
  CHECK(admissions.queue.waits() == DecodeWaits{.for_target = 1});
}

TEST_CASE("a request fits when an empty die has memory for all of it")
{
  const Admissions admissions;
  CHECK(admissions.queue.can_hold({.arrival = {}, .input_tokens = 900, .output_tokens = 100, .blocks = {}}));
  CHECK_FALSE(admissions.queue.can_hold({.arrival = {}, .input_tokens = 900, .output_tokens = 101, .blocks = {}}));
}

TEST_CASE("between equal dies, the one whose source has fewer hand-overs under way is taken")
{
  Admissions admissions;
  InFlight moving = asking(1, 1);
  moving.rank = 0;
  admissions.hand_overs.start(moving, [](InFlight& /*arrived*/) {});
  InFlight request = asking(10, 0);
  admissions.queue.submit(request);
  CHECK(admissions.queue.admit(Seconds(0)) == &request);
  CHECK(request.rank == 1);
}

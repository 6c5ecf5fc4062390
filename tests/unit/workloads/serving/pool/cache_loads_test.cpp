#include "workloads/serving/pool/cache_loads.h"

#include <catch2/catch.hpp>

#include <deque>
#include <utility>
#include <vector>

using namespace cm;
using namespace cm::workloads;

TEST_CASE("an instance loads for as many requests at a time as it has places, others wait in order")
{
  sim::engine::Engine engine;
  std::vector<std::pair<std::uint64_t, std::int64_t>> loaded;  // number, seconds
  CacheLoads loads(engine, 2, 2, [&](sim::engine::Control& control, InFlight& request) {
    control.sleep(Seconds(static_cast<double>(request.request.input_tokens)));
    loaded.emplace_back(request.number, to_picoseconds(control.now()).count() / 1'000'000'000'000);
  });
  std::deque<InFlight> requests;
  const auto submit = [&](std::uint32_t instance, std::int64_t seconds) {
    requests.emplace_back(Request{.arrival = {}, .input_tokens = seconds, .output_tokens = 1, .blocks = {}},
                          requests.size(), 1);
    requests.back().instance = instance;
    loads.submit(requests.back());
  };
  submit(0, 5);
  submit(0, 3);
  submit(0, 4);  // at 3 s, in the place of the second
  submit(0, 1);  // at 5 s, in that of the first
  submit(1, 2);  // another instance
  CHECK(loads.waiting(0) == 2);
  CHECK(loads.waiting(1) == 0);
  // When one place has been handed on and both are taken: it gets the place of the third.
  engine.spawn("later", [&](sim::engine::Control& control) {
    control.sleep(Seconds(3.5));
    submit(0, 2);
    CHECK(loads.waiting(0) == 2);
  });
  engine.run();
  CHECK(loads.waiting(0) == 0);
  CHECK(loaded == std::vector<std::pair<std::uint64_t, std::int64_t>>{{4, 2}, {1, 3}, {0, 5}, {3, 6}, {2, 7}, {5, 8}});
}

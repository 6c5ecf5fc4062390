// A service with two decode instances: each steps by itself, at the pace of its own batch.
#include "tests/support/service_parts.h"

using namespace cm;
using namespace cm::workloads;

namespace {

// To the picosecond: sums of doubles may round to the one beside it.
Approx whole(Seconds time)
{
  return Approx(static_cast<double>(to_picoseconds(time).count())).epsilon(0).margin(1);
}

double when(const RequestRecord& record, Milestone milestone)
{
  return static_cast<double>(record.when(milestone));
}

double last_token(const RequestRecord& record)
{
  return static_cast<double>(record.last_token);
}

// Records of requests of one prefill batch, each of 600 tokens with so many in its answer. They arrive one by one, so
// that their order is known.
std::vector<RequestRecord> records_of(const tests::SmallService& small, const std::vector<std::int64_t>& outputs)
{
  class OneByOne final : public RequestSource {
   public:
    explicit OneByOne(const std::vector<std::int64_t>& outputs) : outputs_(outputs) {}
    std::optional<Request> next() override
    {
      if (given_ == outputs_.size())
        return std::nullopt;
      const Seconds arrival = 50_us * static_cast<double>(given_);
      return Request{.arrival = arrival, .input_tokens = 600, .output_tokens = outputs_[given_++], .blocks = {}};
    }
    [[nodiscard]] SourceCounts counts() const override { return {}; }

   private:
    const std::vector<std::int64_t>& outputs_;
    std::size_t given_ = 0;
  };
  const ServingSpec spec = small.ready_spec();
  const topology::Supernode supernode(small.machine.topology);
  const CellStore store("");
  IterationCells cells({spec.decode, spec.decode_fabric, spec.prefill.deployment, spec.prefill_fabric},
                       {small.model, small.machine, supernode, spec.cell_layers, 1}, store);
  ServingTimeline rows(nullptr, spec);
  sim::engine::Engine engine;
  sim::metrics::NoProgress progress;
  Service service({spec, small.model, small.machine, 1, outputs.size(), engine, cells, rows, progress});
  OneByOne source(outputs);
  engine.spawn("arrivals", [&](sim::engine::Control& control) { service.let_in(control, source); });
  engine.run();
  REQUIRE(service.book().is_done());
  return {service.book().records().begin(), service.book().records().end()};
}

tests::SmallService with_instances(std::uint32_t instances)
{
  tests::SmallService small;
  small.spec.pool.is_on = false;
  small.spec.decode_instances = instances;
  small.spec.decode.batch_per_npu = 2;  // one on each die
  return small;
}

}  // namespace

TEST_CASE("two decode instances take two requests each, of which one instance would let half wait")
{
  const tests::SmallService small = with_instances(2);
  const std::vector<RequestRecord> records = records_of(small, {3, 3, 2, 2});
  // To the first and the second instance in turn. The second one takes its second die first: the card that sends to the
  // first dies is busy with request 0.
  const std::vector<std::uint32_t> ranks{0, 3, 1, 2};
  const std::int64_t prefilled = records[0].when(Milestone::Prefilled);
  const Seconds begin = to_seconds(Picoseconds(prefilled));
  // Each card sends to one die of each instance.
  const Seconds there = begin + small.hand_over(600, 2);
  const Seconds first = there + small.iteration(1, 600);
  const Seconds second = first + small.iteration(1, 601);
  const Seconds third = second + small.iteration(1, 602);
  for (std::size_t number = 0; number < records.size(); ++number) {
    CAPTURE(number);
    CHECK(records[number].rank == ranks[number]);
    CHECK(records[number].when(Milestone::Admitted) == prefilled);
    CHECK(when(records[number], Milestone::HandedOver) == whole(there));
    CHECK(when(records[number], Milestone::Decoded) == whole(first));
    CHECK(last_token(records[number]) == whole(number < 2 ? third : second));
  }
}

TEST_CASE("with one decode instance half of the same requests wait for those before them")
{
  const tests::SmallService small = with_instances(1);
  const std::vector<RequestRecord> records = records_of(small, {3, 3, 2, 2});
  const std::int64_t prefilled = records[0].when(Milestone::Prefilled);
  const Seconds third = to_seconds(Picoseconds(prefilled)) + small.hand_over(600) + small.iteration(1, 600) +
                        small.iteration(1, 601) + small.iteration(1, 602);
  CHECK(last_token(records[1]) == whole(third));
  CHECK(when(records[2], Milestone::Admitted) == whole(third));
  CHECK(records[2].rank == 0);
  CHECK(records[3].rank == 1);
}

TEST_CASE("a request on the second decode instance does not notice a busy first one")
{
  tests::SmallService small = with_instances(2);
  small.spec.decode.batch_per_npu = 8;
  small.spec.decode_router = find_decode_router("round-robin");
  // The first instance gets requests 0, 2 and 4, the second one 1 and 3.
  const std::vector<RequestRecord> records = records_of(small, {9, 4, 9, 4, 9});
  CHECK(records[0].rank == 0);
  CHECK(records[1].rank == 3);
  CHECK(records[2].rank == 1);
  CHECK(records[3].rank == 2);
  CHECK(records[4].rank == 0);
  // Request 1 shares its card with request 2, request 3 with 0 and 4: it joins one iteration after request 1.
  const Seconds begin = to_seconds(Picoseconds(records[0].when(Milestone::Prefilled)));
  const Seconds alone = begin + small.hand_over(600, 2) + small.iteration(1, 600);
  CHECK(when(records[1], Milestone::Decoded) == whole(alone));
  REQUIRE(small.hand_over(600, 3) < small.hand_over(600, 2) + small.iteration(1, 600));
  const Seconds both = alone + small.iteration(1, (601 + 600) / 2.0);
  CHECK(when(records[3], Milestone::Decoded) == whole(both));
}

namespace {

void check_lone_request(std::uint32_t instances)
{
  const tests::SmallService small = with_instances(instances);
  const std::vector<RequestRecord> records = records_of(small, {3});
  const Seconds begin = small.ingress(600) + small.spec.batch_wait + small.prefill_time({{600, 0}});
  CHECK(when(records[0], Milestone::Prefilled) == whole(begin));
  const Seconds there = begin + small.hand_over(600);
  CHECK(when(records[0], Milestone::Decoded) == whole(there + small.iteration(1, 600)));
  CHECK(last_token(records[0]) ==
        whole(there + small.iteration(1, 600) + small.iteration(1, 601) + small.iteration(1, 602)));
}

}  // namespace

TEST_CASE("a request alone takes its time on one decode instance")
{
  check_lone_request(1);
}

TEST_CASE("a second decode instance that gets nothing changes no time")
{
  check_lone_request(2);
}

TEST_CASE("metrics of two decode instances are sums and means, and a table has each")
{
  tests::SmallService service;
  service.spec.decode_instances = 2;
  service.spec.decode_router = find_decode_router("round-robin");
  service.ask(0, 600, 5, 0);
  service.ask(500, 600, 3, 10);
  service.ask(1000, 600, 3, 20);
  const tests::Served served = service.run();
  CHECK(served.requests.at(1).count("decode_rank") == 2);
  CHECK(served.requests.at(1).count("decode_instance") == 1);
  CHECK(served.requests.at(2).count("decode_instance") == 0);
  CHECK(tests::metric_of(served.result, "npus") == 3);
  CHECK(tests::metric_of(served.result, "decode_iterations") == 11);
  Seconds first;
  for (int produced = 0; produced < 5; ++produced)
    first += service.iteration(1, 600 + produced);
  Seconds second;
  for (int produced = 0; produced < 3; ++produced)
    second += service.iteration(1, 600 + produced);
  // From the first arrival to the last one, a second later.
  CHECK(tests::metric_of(served.result, "decode_utilisation") == Approx((first + second).count() / 2));
  REQUIRE_FALSE(served.result.tables.empty());
  const sim::metrics::Table& table = served.result.tables.front();
  CHECK(table.name == "decode_instances");
  REQUIRE(table.rows.size() == 2);
  const auto cell = [&](std::size_t row, std::size_t column) {
    return std::get<double>(table.rows[row].cells[column]);
  };
  CHECK(cell(0, 0) == 2);
  CHECK(cell(1, 0) == 1);
  CHECK(cell(0, 1) == 8);
  CHECK(cell(1, 1) == 3);
  CHECK(cell(0, 2) == Approx(first.count()));
  CHECK(cell(1, 2) == Approx(second.count()));
  // One request at a time. The last one arrives at the end of the time.
  CHECK(table.columns[4] == "mean_batch");
  CHECK(cell(0, 3) == 1);
  CHECK(cell(0, 4) == Approx(5));
  CHECK(cell(1, 4) == Approx(3));
  CHECK(table.columns[6] == "tpot_p50_ms");
  const double tpot = (second - service.iteration(1, 600)).count() * 1e3 / 2;
  CHECK(cell(1, 5) == Approx(tpot).epsilon(0.003));
}

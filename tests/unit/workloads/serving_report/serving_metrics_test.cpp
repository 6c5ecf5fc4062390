// Numbers of a run that is over, from the parts of the service that counted them.
#include "tests/support/service_parts.h"
#include "workloads/serving_report/serving_metrics.h"

using namespace cm;
using namespace cm::workloads;

namespace {

class TwoRequests final : public RequestSource {
 public:
  std::optional<Request> next() override
  {
    if (given_ == 2)
      return std::nullopt;
    ++given_;
    return Request{.arrival = Seconds(given_ - 1.0), .input_tokens = 600, .output_tokens = 3, .blocks = {}};
  }
  [[nodiscard]] SourceCounts counts() const override { return {}; }

 private:
  int given_ = 0;
};

}  // namespace

TEST_CASE("metrics of a run are of its requests, its instances and its planes")
{
  tests::SmallService small;
  small.spec.pool.is_on = false;
  const models::ModelSpec model = small.model;
  ServingSpec spec = small.ready_spec();
  const topology::Supernode supernode(small.machine.topology);
  const CellStore store("");
  IterationCells cells({spec.decode, spec.decode_fabric, spec.prefill.deployment, spec.prefill_fabric},
                       {model, small.machine, supernode, spec.cell_layers, 1}, store);
  ServingTimeline timeline(nullptr, spec);
  sim::engine::Engine engine;
  sim::metrics::NoProgress progress;
  Service service({spec, model, small.machine, 1, 2, engine, cells, timeline, progress});
  TwoRequests source;
  engine.spawn("arrivals", [&](sim::engine::Control& control) { service.let_in(control, source); });
  engine.run();
  REQUIRE(service.book().is_done());
  const Measurements measured(spec, service.book().records());
  sim::metrics::Result result;
  add_metrics({spec, model, small.machine, service, cells, measured, 0}, result);
  CHECK(tests::metric_of(result, "requests") == 2);
  CHECK(tests::metric_of(result, "requests_finished") == 2);
  CHECK(tests::metric_of(result, "in_flight_at_last_arrival") == 1);
  CHECK(tests::metric_of(result, "npus") == 2);
  CHECK(tests::metric_of(result, "decode_iterations") == 6);
  // Until the last arrival, a second after the first, three tokens left.
  CHECK(tests::metric_of(result, "output_tokens_per_s") == Approx(3));
  CHECK(tests::metric_of(result, "output_tokens_per_s_per_npu") == Approx(1.5));
  const Seconds batch = small.prefill_time({{600, 0}});
  CHECK(tests::metric_of(result, "prefill_utilisation") == Approx(batch.count()));
  const Seconds iterations = small.iteration(1, 600) + small.iteration(1, 601) + small.iteration(1, 602);
  CHECK(tests::metric_of(result, "decode_utilisation") == Approx(iterations.count()));
  CHECK(tests::metric_of(result, "prefill_tokens_per_batch") == 600);
  CHECK(tests::metric_of(result, "prefill_batch_fill") == Approx(600.0 / 4096));
  CHECK(tests::metric_of(result, "rdma_bytes") == static_cast<double>(small.kv_of(1200).count()));
  CHECK(tests::metric_of(result, "slo_attainment") == 1);
}

#include "tests/support/deepseek_r1.h"
#include "tests/support/small_machine.h"
#include "workloads/decode/capacity_figures.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

DecodeSpec published()
{
  DecodeSpec spec;
  spec.ep = 320;
  spec.dp = 320;
  spec.batch_per_npu = 96;
  spec.mtp_tokens = 1;
  spec.redundant = 32;
  spec.shared_copies = 32;
  return spec;
}

}  // namespace

TEST_CASE("a slot of the published deployment exchanges 864 rows in each of 59 passes")
{
  const models::MachineSpec machine = tests::small_machine();
  const double row = 7168.0 + static_cast<double>(machine.die.exchange.slot.count()) + 14336.0;
  const BytesPerSecond slot = slot_traffic(published(), tests::deepseek_r1(), machine, Seconds(0.1));
  CHECK(slot.count() == Approx(864.0 * 59 * row / 0.1));
  DecodeSpec unquantised = published();
  unquantised.quantised_dispatch = false;
  CHECK(slot_traffic(unquantised, tests::deepseek_r1(), machine, Seconds(0.1)).count() ==
        Approx(864.0 * 59 * (row + 7168) / 0.1));
  unquantised.exchange = ExchangeKind::Unfused;
  CHECK(slot_traffic(unquantised, tests::deepseek_r1(), machine, Seconds(0.1)).count() ==
        Approx(864.0 * 59 * 2 * 14336.0 / 0.1));
}

TEST_CASE("FP8 products take rows of one byte, as INT8 products do, and the dispatch says what rows are")
{
  const auto traffic = [](models::Quantisation products, bool quantised_dispatch) {
    DecodeSpec spec = published();
    spec.quantisation = products;
    spec.quantised_dispatch = quantised_dispatch;
    return slot_traffic(spec, tests::deepseek_r1(), tests::small_machine(), Seconds(0.1)).count();
  };
  CHECK(traffic(models::Quantisation::Fp8, true) == traffic(models::Quantisation::Int8, true));
  CHECK(traffic(models::Quantisation::Fp8, false) == traffic(models::Quantisation::Bf16, false));
  CHECK(traffic(models::Quantisation::Fp8, false) > traffic(models::Quantisation::Fp8, true));
}

TEST_CASE("the EP limit is the machine's lanes over what a slot exchanges")
{
  models::MachineSpec machine = tests::small_machine();
  const auto limit = [&] {
    sim::metrics::Result result;
    add_ep_limit(published(), tests::deepseek_r1(), machine, Seconds(0.1), result);
    return result.find("ep_limit")->value;
  };
  const double slot = slot_traffic(published(), tests::deepseek_r1(), machine, Seconds(0.1)).count();
  CHECK(limit() == Approx(32 * 7 * 28e9 / slot));
  machine.ub.payload_share = 0.5;
  CHECK(limit() == Approx(32 * 7 * 14e9 / slot));
}

TEST_CASE("a model without experts has no EP limit")
{
  models::ModelSpec dense = tests::deepseek_r1();
  dense.routed_experts = 0;
  sim::metrics::Result result;
  add_ep_limit(published(), dense, tests::small_machine(), Seconds(0.1), result);
  CHECK(result.metrics.empty());
}

TEST_CASE("the INT8 gain is a ratio of throughputs and the accuracy is shown as given")
{
  DecodeSpec spec = published();
  sim::metrics::Result without;
  add_int8_gain(spec, Seconds(0.05), Seconds(0.08), without);
  CHECK(without.find("int8_gain")->value == Approx(1.6));
  CHECK(without.find("bf16_tpot_ms")->value == Approx(80 / 1.7));
  CHECK(without.find("accuracy_retention") == nullptr);
  spec.accuracy_retention = 0.993;
  sim::metrics::Result with;
  add_int8_gain(spec, Seconds(0.05), Seconds(0.08), with);
  CHECK(with.find("accuracy_retention")->value == 0.993);
}

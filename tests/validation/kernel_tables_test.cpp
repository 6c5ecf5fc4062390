// Published kernels of one Ascend die (arXiv:2506.12708v2 Tables 8 to 10) against the roofline with the shipped
// numbers. Reached shares of the peak are averages over shapes that the model does not tell apart, so each row has its
// tolerance.
#include "models/compute/roofline.h"
#include "models/language_models/decode_operators.h"
#include "sim/config/reader.h"
#include "sim/config/value.h"
#include "tests/support/deepseek_r1.h"

#include <catch2/catch.hpp>

#include <array>

using namespace cm;
using namespace cm::models;

namespace {

struct Product {
  std::int64_t groups, m, n, k;
  double share;      // of the INT8 peak
  double gigabytes;  // per second
};

// Table 10.
constexpr std::array Products{Product{4, 7168, 4096, 4096, 0.794, 260}, Product{4, 2048, 7168, 4096, 0.774, 325},
                              Product{4, 7168, 4096, 8192, 0.827, 195}, Product{4, 2048, 7168, 8192, 0.811, 266},
                              Product{8, 7168, 4096, 4096, 0.796, 261}, Product{8, 2048, 7168, 4096, 0.779, 327}};

const DieSpec& die()
{
  static const DieSpec spec = [] {
    const sim::config::Value value = sim::config::load_file(CM_SOURCE_DIR "/configs/parts/ascend-910c-die.yaml");
    sim::config::ReadingLog log;
    sim::config::Reader reader(value, "machine.die", log);
    return read_die(reader);
  }();
  return spec;
}

Seconds time_on_all_cores(const Operator& op)
{
  return operator_time(op, die(), {die().aic_cores, die().aiv_cores});
}

// Attention of DeepSeek-R1 over so many heads.
Operator latent_attention(std::int64_t requests, std::int64_t queries, std::int64_t tokens, std::int64_t heads)
{
  ModelSpec model = tests::deepseek_r1();
  std::get<LatentAttention>(model.attention).heads = heads;
  return attention_operators(model, Quantisation::Int8,
                             {requests, requests * queries, requests * tokens, requests * queries * tokens})
      .at(1);
}

}  // namespace

TEST_CASE("INT8 products reach their published share of the peak and bandwidth within 5 %")
{
  for (const Product& p : Products) {
    CAPTURE(p.groups, p.m, p.n, p.k);
    Operator op{.name = "product", .unit = Unit::Int8Gemm};
    op.work = Flops(2.0 * static_cast<double>(p.groups * p.m) * static_cast<double>(p.n * p.k));
    op.traffic = Bytes(p.groups * (p.m * p.k + p.k * p.n + 2 * p.m * p.n));
    const double time = time_on_all_cores(op).count();
    CHECK(op.work.count() / time / die().peak_int8.count() == Approx(p.share).epsilon(0.05));
    CHECK(static_cast<double>(op.traffic.count()) / time * 1e-9 == Approx(p.gigabytes).epsilon(0.05));
  }
}

TEST_CASE("latent attention reaches its published shares of both peaks within 10 %")
{
  const Operator arithmetic = latent_attention(48, 2, 4096, 128);
  CHECK(arithmetic.work.count() / time_on_all_cores(arithmetic).count() / die().peak_bf16.count() ==
        Approx(0.654).epsilon(0.1));
  const Operator memory = latent_attention(48, 1, 4096, 16);
  CHECK(static_cast<double>(memory.traffic.count()) / time_on_all_cores(memory).count() * 1e-9 ==
        Approx(1346).epsilon(0.1));
}

// Progress that a run tells whoever waits for it.
#include "sim/metrics/progress.h"
#include "tests/support/small_experts.h"
#include "tests/support/small_machine.h"
#include "workloads/expert_parallel/ep.h"
#include "workloads/prefill/prefill.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

class Told final : public sim::metrics::Progress {
 public:
  void update(double share, std::string_view what) override
  {
    shares.push_back(share);
    words.emplace_back(what);
  }

  std::vector<double> shares;
  std::vector<std::string> words;
};

}  // namespace

TEST_CASE("a test of exchanges is done by as much as its repeats are")
{
  EpSpec spec;
  spec.ep = 4;
  spec.tokens_per_rank = 2;
  spec.row = 1_KiB;
  spec.experts = 8;
  spec.top_k = 2;
  spec.aiv_cores = 40;
  spec.repeats = 4;
  Told told;
  sim::metrics::Result result;
  run_ep(spec, tests::small_machine(), 1, told, result);
  CHECK(told.shares == std::vector<double>{0.25, 0.5, 0.75, 1});
  CHECK(told.words.front() == "dispatching and combining");
}

TEST_CASE("a prefill tells its layers in order and never more than all of them")
{
  PrefillSpec spec;
  spec.npus = 1;
  spec.tokens_per_npu = 256;
  spec.prompt_length = 256;
  spec.deployment.ranks = 2;
  spec.deployment.placement = models::PlacementRule::Contiguous;
  spec.deployment.shared_copies = 2;
  spec.deployment.batch_tokens = 256;
  spec.deployment.with_mtp = false;
  spec.deployment.layers_simulated = 12;
  spec.deployment.chunk = 1_MiB;
  Told told;
  sim::metrics::Result result;
  run_prefill(spec, tests::small_experts(), tests::small_machine(), 1, told, result);
  REQUIRE_FALSE(told.shares.empty());
  CHECK(std::ranges::is_sorted(told.shares));
  CHECK(told.shares.front() > 0);
  CHECK(told.shares.back() <= 1);
  CHECK(std::ranges::all_of(told.words, [](const std::string& word) { return word == "prefilling"; }));
}

// Lines in the form of vLLM's and SGLang's logs, invented here.
#include "tests/support/packed_file.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/eplb_log.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

const std::string Vllm = "INFO 01-01 10:00:00 start\n"
                         "INFO 01-01 10:00:01 EPLB step: 100 for model example/moe: avg_tokens=512.00, max_tokens=800, "
                         "balancedness=0.6400, steps until the next rearrangement: 2900\n"
                         "INFO 01-01 10:00:02 EPLB step: 101 for model example/moe: avg_tokens=500.00, max_tokens=718, "
                         "balancedness=0.6964, steps until the next rearrangement: 2899\n"
                         "INFO 01-01 10:00:03 EPLB step: 102 for model example/moe: avg_tokens=0.00, max_tokens=0, "
                         "balancedness=0.0000, steps until the next rearrangement: 2898\n";
const std::string Sglang =
    "[Expert Balancedness] forward_pass_id=10 current_pass_balancedness=0.600 last_10_average_balancedness=0.630 "
    "gpu_physical_count_sum=1000\n"
    "[Expert Balancedness] forward_pass_id=11 current_pass_balancedness=0.800 last_10_average_balancedness=0.640 "
    "gpu_physical_count_sum=3000\n";

std::string problem_of(const std::string& text)
{
  const tests::TemporaryFolder folder;
  const auto read = read_eplb_log(folder.with("a.log", text));
  REQUIRE(std::holds_alternative<std::vector<std::string>>(read));
  return std::get<std::vector<std::string>>(read).at(0);
}

}  // namespace

TEST_CASE("the imbalance of a load balancer's log is that of all its steps, by their tokens")
{
  const tests::TemporaryFolder folder;
  const auto vllm = read_eplb_log(tests::packed(folder.file("a.log.gz"), Vllm));
  REQUIRE(std::holds_alternative<EplbLog>(vllm));
  CHECK(std::get<EplbLog>(vllm).imbalance == Approx(1518.0 / 1012));
  CHECK(std::get<EplbLog>(vllm).steps == 2);
  const auto sglang = read_eplb_log(folder.with("b.log", Sglang));
  REQUIRE(std::holds_alternative<EplbLog>(sglang));
  CHECK(std::get<EplbLog>(sglang).imbalance == Approx(4000.0 / 3000));
}

TEST_CASE("a log without steps, or with numbers that cannot be, is told with its place")
{
  CHECK_THAT(problem_of("nothing\n"), Catch::Contains("a.log:1:1: expected lines of a load balancer"));
  CHECK_THAT(problem_of("x avg_tokens=5, max_tokens=2, balancedness=2.5\n"),
             Catch::Contains("a.log:1:1: expected max_tokens of at least avg_tokens, found 2 and 5"));
  CHECK_THAT(problem_of("\nx avg_tokens=nan, max_tokens=2\n"), Catch::Contains("a.log:2:14: expected avg_tokens= a"));
  CHECK_THAT(problem_of("current_pass_balancedness=1.5 gpu_physical_count_sum=3\n"), Catch::Contains("a.log:1:27:"));
}

#include "tests/support/metric_table.h"
#include "tests/support/round_memory.h"
#include "workloads/kv_access/kv.h"
#include "workloads/kv_access/kv_metric_table.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

TEST_CASE("accesses to pooled memory report their table of metrics and nothing else")
{
  KvSpec spec;
  spec.readers = 2;
  spec.blocks = 4;
  spec.block = 64_KiB;
  spec.homes = 2;
  spec.accesses = 3;
  spec.small = 512_B;
  spec.migration = models::Migration::Lru;
  spec.migration_budget = 1_MiB;
  spec.compared_stripes = {2, 1};
  sim::metrics::Result result;
  run_kv(spec, tests::small_machine_with_memory(), 1, result);
  CHECK(tests::differences(KvMetrics.rows, result).empty());
  CHECK(tests::faults(KvMetrics.rows).empty());
  CHECK(tests::missing(KvHeadline, result).empty());
  // The best width is one of those that were compared.
  const double best = result.find("best_stripe")->value;
  CHECK((best == 1 || best == 2));
}

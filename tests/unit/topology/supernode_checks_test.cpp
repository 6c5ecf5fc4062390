#include "tests/unit/topology/machines.h"
#include "topology/supernode/supernode_checks.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

namespace {

std::string value_of(const CheckReport& report, const std::string& name)
{
  for (const Check& check : report.checks)
    if (check.name == name)
      return check.value;
  return "no such check";
}

}  // namespace

TEST_CASE("the full machine passes every check and reports the published figures")
{
  const CheckReport report = check_supernode(Supernode(test::full_spec()));
  CHECK(report.passed());
  CHECK(value_of(report, "compute racks") == "12");
  CHECK(value_of(report, "L1-L2 links") == "5376");
  CHECK(value_of(report, "L1-L2 capacity, one way") == "150.5 TB/s");
  CHECK(value_of(report, "bisection, each way") == "75.3 TB/s");
  CHECK(value_of(report, "oversubscription, NPUs alone") == "1.00");
  CHECK(value_of(report, "oversubscription, NPUs and CPUs") == "1.20");
}

TEST_CASE("smaller, wider and oversubscribed machines pass every check")
{
  SupernodeSpec spec = GENERATE(test::small_spec(), test::single_spec());
  CHECK(check_supernode(Supernode(spec)).passed());
  spec.uplink_bandwidth = 3_GBps;
  spec.sub_planes = 9;
  CHECK(check_supernode(Supernode(spec)).passed());
}

TEST_CASE("a report with one failed check has not passed")
{
  CheckReport report = check_supernode(Supernode(test::single_spec()));
  report.checks.back().passed = false;
  CHECK_FALSE(report.passed());
}

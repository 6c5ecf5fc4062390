#include "sim/diagnostics/errors.h"
#include "tools/capacity/service_levels.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::tools;

namespace {

std::string problems_of(const std::string& text)
{
  try {
    parse_service_levels(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("service levels are two times and a share")
{
  const ServiceLevels levels = parse_service_levels("slo.ttft=2s,slo.tpot=50 ms");
  CHECK(levels.ttft == "2s");
  CHECK(levels.tpot == "50 ms");
  CHECK(levels.share == 0.9);
  CHECK(parse_service_levels("share=99 %,slo.tpot=50ms,slo.ttft=2s").share == Approx(0.99));
}

TEST_CASE("every mistake in service levels is told with its column")
{
  CHECK(problems_of("slo.ttft=2s").find("--find-capacity:1:12: slo.tpot: expected a time") == 0);
  CHECK(problems_of("slo.tftt=2s,slo.tpot=50ms").find("did you mean \"slo.ttft\"?") != std::string::npos);
  CHECK(problems_of("slo.ttft=2,slo.tpot=50ms").find("--find-capacity:1:10: slo.ttft: expected a time above 0") == 0);
  CHECK(problems_of("slo.ttft=2s,slo.tpot=50ms,share=0").find("--find-capacity:1:33: share") == 0);
  CHECK(problems_of("slo.ttft=2s,slo.tpot=50ms,slo.ttft=3s").find("found it again") != std::string::npos);
  const std::string all = problems_of("slo.ttft=x,slo.tpot=y");
  CHECK(all.find("1:10:") != std::string::npos);
  CHECK(all.find("1:21:") != std::string::npos);
  CHECK_FALSE(problems_of("").empty());
}

TEST_CASE("a mistake in service levels is told once")
{
  CHECK(problems_of("slo.ttft,slo.tpot=50ms") == "--find-capacity:1:9: expected slo.ttft=TIME, found no value");
  CHECK(problems_of("slo.ttft=2s,slo.tpot=50ms,share").find("expected share=SHARE, found no value") !=
        std::string::npos);
  CHECK(problems_of("slo.tft=3s").find('\n') == std::string::npos);
  CHECK(problems_of("slo.tft=3s").find("did you mean \"slo.ttft\"?") != std::string::npos);
  for (const char* const share : {"0", "101%"})
    CHECK(problems_of(std::string("slo.ttft=2s,slo.tpot=50ms,share=") + share)
              .find("expected a share above 0 % and at most 100 %") != std::string::npos);
}

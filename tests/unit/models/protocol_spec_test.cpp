#include "models/parts/protocol_spec.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm;
using namespace cm::models;
using namespace cm::sim::config;

namespace {

std::vector<ProtocolSpec> read(const std::string& text, ReadingLog& log)
{
  const Value value = parse_text("die.yaml", text);
  Reader reader(value, "machine.die", log);
  return read_protocols(reader);
}

}  // namespace

TEST_CASE("protocols are read by name and in file order")
{
  ReadingLog log;
  const auto protocols = read("collectives:\n"
                              "  low: {launch: 2 us, step: 1 us, message: 10 ns, rate: 30 GB/s, up_to: 64 KiB}\n"
                              "  bulk: {launch: 9 us, step: 1 us, message: 0 us, rate: 300 GB/s, from: 64 KiB}\n",
                              log);
  CHECK(log.problems.empty());
  REQUIRE(protocols.size() == 2);
  CHECK(protocols[0].name == "low");
  CHECK(protocols[0].message == 10_ns);
  CHECK(protocols[0].from == 0_B);
  CHECK(protocols[0].up_to == 64_KiB);
  CHECK(protocols[1].rate == 300_GBps);
  CHECK(protocols[1].from == 64_KiB);
  CHECK(protocols[1].up_to > 1_GiB);
}

TEST_CASE("a die without collectives has no protocols and no problem")
{
  ReadingLog log;
  CHECK(read("{}", log).empty());
  CHECK(log.problems.empty());
}

TEST_CASE("every problem of a protocol is reported with its place")
{
  ReadingLog log;
  read("collectives:\n  low: {launch: 2, step: 1 us, massage: 0 us, rate: 30 GB/s}\n", log);
  REQUIRE(log.problems.size() == 3);
  CHECK_THAT(log.problems[0], Catch::Contains("die.yaml:2:17: machine.die.collectives.low.launch"));
  CHECK_THAT(log.problems[1], Catch::Contains("machine.die.collectives.low.message"));
  CHECK_THAT(log.problems[2], Catch::Contains("did you mean \"message\""));
}

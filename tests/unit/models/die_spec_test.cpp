#include "models/parts/die_spec.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm;
using namespace cm::models;
using namespace cm::sim::config;

namespace {

// The shipped die, so that the test does not list its keys a second time; `changes` is YAML laid over it.
Value die_with(const std::string& changes = {})
{
  Value die = load_file(CM_SOURCE_DIR "/configs/parts/ascend-910c-die.yaml");
  if (!changes.empty())
    merge(die, parse_text("changes.yaml", changes));
  return die;
}

std::string problems_of(const Value& value)
{
  ReadingLog log;
  Reader reader(value, "machine.die", log);
  read_die(reader);
  std::string all;
  for (const std::string& problem : log.problems)
    all += problem + "\n";
  return all;
}

}  // namespace

TEST_CASE("the shipped die is read with its units")
{
  const Value value = die_with();
  ReadingLog log;
  Reader reader(value, "machine.die", log);
  const DieSpec die = read_die(reader);
  CHECK(log.problems.empty());
  CHECK(die.aic_cores == 24);
  CHECK(die.aiv_cores == 48);
  CHECK(die.peak_int8 == FlopsPerSecond(752e12));
  CHECK(die.hbm_capacity == Bytes(64'000'000'000));
  CHECK(die.write_engine == 137_GBps);
  CHECK(die.read_engine == 167_GBps);
  CHECK(die.usable_hbm_bandwidth().count() == Approx(1.6e12 * die.compute.memory));
  CHECK(die.exchange.slot == 512_B);
}

TEST_CASE("problems of a die are reported with their place and all at once")
{
  const std::string problems = problems_of(die_with("aic_cores: 0\n"
                                                    "hbm: {bandwidth: 1.6}\n"
                                                    "compute: {memory: 120 %}\n"
                                                    "exchange: {slots: 512 B}\n"));
  CHECK_THAT(problems, Catch::Contains("changes.yaml:1:12: machine.die.aic_cores"));
  CHECK_THAT(problems, Catch::Contains("changes.yaml:2:18: machine.die.hbm.bandwidth"));
  CHECK_THAT(problems, Catch::Contains("changes.yaml:3:19: machine.die.compute.memory"));
  CHECK_THAT(problems, Catch::Contains("did you mean \"slot\""));
}

TEST_CASE("a die without a section is one problem")
{
  Value die = die_with();
  std::erase_if(die.entries, [](const Value::Entry& entry) { return entry.key == "exchange"; });
  const std::string problems = problems_of(die);
  CHECK_THAT(problems, Catch::Contains("machine.die.exchange"));
  CHECK(std::count(problems.begin(), problems.end(), '\n') == 1);
}

TEST_CASE("the shipped CPU is read")
{
  const Value value = load_file(CM_SOURCE_DIR "/configs/parts/kunpeng-920.yaml");
  ReadingLog log;
  Reader reader(value, "machine.cpu", log);
  const CpuSpec cpu = read_cpu(reader);
  CHECK(log.problems.empty());
  CHECK(cpu.remote_read == 151_GBps);
  CHECK(cpu.remote_write == 110_GBps);
}

TEST_CASE("a die has FP8 when it says how fast and what share of it products reach")
{
  CHECK_THAT(problems_of(die_with("{peak_fp8: {value: 752 TFLOPS, assumed: x}}")),
             Catch::Contains("machine.die.peak_fp8: expected compute.fp8_gemm beside it"));
  CHECK(problems_of(die_with("{peak_fp8: {value: 752 TFLOPS, assumed: x}, "
                             "compute: {fp8_gemm: {value: 80 %, assumed: x}}}")) == "");
}

#include "sim/random/random_stream.h"
#include "sim/units/parse_quantity.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <string>

using namespace cm;

TEST_CASE("a size is a number and a unit of bytes")
{
  CHECK(parse_bytes("64 GiB") == 64_GiB);
  CHECK(parse_bytes("64GiB") == 64_GiB);
  CHECK(parse_bytes("7.68 kB") == Bytes(7680));
  CHECK(parse_bytes("0.5 KiB") == Bytes(512));
  CHECK(parse_bytes("1e3 B") == Bytes(1000));
  CHECK(parse_bytes("2 TB") == Bytes(2'000'000'000'000));
  CHECK(parse_bytes("9223372036854775807 B") == Bytes(INT64_MAX));
}

TEST_CASE("what is no size is refused")
{
  const auto* text =
      GENERATE("", "64", "GiB", "64 KB", "64 gib", "64 GiB ", " 64 GiB", "1.5 B", "0.1 KiB", "0x10 B", "nan B", "inf B",
               "1e999 B", "9223372036854775808 B", "64 GB/s", "64 Gb", "1,5 GB", "1_000 B", "--1 B", "6 4 B");
  CAPTURE(text);
  CHECK_FALSE(parse_bytes(text));
}

TEST_CASE("a bandwidth may be in bytes or bits")
{
  CHECK(parse_bytes_per_second("28 GB/s") == 28_GBps);
  CHECK(parse_bytes_per_second("224 Gb/s") == 28_GBps);
  CHECK(parse_bytes_per_second("400Gbps") == 50_GBps);
  CHECK(parse_bytes_per_second("1.6 TB/s") == 1600_GBps);
  CHECK(parse_bytes_per_second("1 Tb/s") == 125_GBps);
  CHECK(parse_bytes_per_second("1 GiB/s") == BytesPerSecond(1073741824.0));
  CHECK_FALSE(parse_bytes_per_second("28 GB"));
  CHECK_FALSE(parse_bytes_per_second("28"));
  CHECK_FALSE(parse_bytes_per_second("28 KB/s"));
}

TEST_CASE("a time is the double nearest to what is written")
{
  CHECK(parse_seconds("1.9 us") == Seconds(1.9e-6));
  CHECK(parse_seconds("0.1 ms") == Seconds(1e-4));
  CHECK(parse_seconds("200 ns") == Seconds(2e-7));
  CHECK(parse_seconds("1 ps") == Seconds(1e-12));
  CHECK(parse_seconds("2 min") == Seconds(120));
  CHECK(parse_seconds("1.5 h") == Seconds(5400));
  CHECK_FALSE(parse_seconds("1.9"));
  CHECK_FALSE(parse_seconds("1e308 h"));
}

TEST_CASE("a compute rate counts operations of any kind")
{
  CHECK(parse_flops_per_second("752 TFLOPS") == FlopsPerSecond(752e12));
  CHECK(parse_flops_per_second("1.504 POPS") == FlopsPerSecond(1.504e15));
  CHECK(parse_flops_per_second("5 GFLOPS") == FlopsPerSecond(5e9));
  CHECK_FALSE(parse_flops_per_second("752 TFLOP"));
}

TEST_CASE("a share is a percentage or a number")
{
  CHECK(parse_fraction("2 %") == 0.02);
  CHECK(parse_fraction("2%") == 0.02);
  CHECK(parse_fraction("0.02") == 0.02);
  CHECK_FALSE(parse_fraction("0.02 "));
  CHECK_FALSE(parse_fraction("two"));
}

TEST_CASE("a plain number is decimal and finite")
{
  CHECK(parse_number("-1.25e-3") == -0.00125);
  CHECK(parse_number("+5") == 5.0);
  const auto* text = GENERATE("", "nan", "inf", "-inf", "1e999", "0x1p3", "1.2.3", "5 %", "e5", "1 ", "1e");
  CAPTURE(text);
  CHECK_FALSE(parse_number(text));
}

TEST_CASE("sizes print in binary units where that is shorter")
{
  CHECK(to_text(64_GiB) == "64 GiB");
  CHECK(to_text(1536_MiB) == "1536 MiB");
  CHECK(to_text(Bytes(7680)) == "7.68 kB");
  CHECK(to_text(Bytes(128'000'000'000)) == "128 GB");
  CHECK(to_text(Bytes(0)) == "0 B");
  CHECK(to_text(Bytes(-4096)) == "-4 KiB");
}

TEST_CASE("other quantities print in the largest unit that keeps them at or above one")
{
  CHECK(to_text(28_GBps) == "28 GB/s");
  CHECK(to_text(1600_GBps) == "1.6 TB/s");
  CHECK(to_text(1.9_us) == "1.9 us");
  CHECK(to_text(Seconds(0)) == "0 s");
  CHECK(to_text(Seconds(0.5e-12)) == "0.5 ps");
  CHECK(to_text(FlopsPerSecond(752e12)) == "752 TFLOPS");
}

TEST_CASE("what is printed is read back as the same value")
{
  sim::RandomStream random(1, "quantities");
  for (int i = 0; i < 2000; ++i) {
    const double value = random.normal() * std::pow(10.0, random.uniform() * 40 - 20);
    const Bytes size(static_cast<std::int64_t>(random.bits() >> (11 + random.below(52))));
    CAPTURE(i, value, size.count());
    CHECK(parse_seconds(to_text(Seconds(value))) == Seconds(value));
    CHECK(parse_bytes_per_second(to_text(BytesPerSecond(value))) == BytesPerSecond(value));
    CHECK(parse_flops_per_second(to_text(FlopsPerSecond(value))) == FlopsPerSecond(value));
    CHECK(parse_bytes(to_text(size)) == size);
    CHECK(parse_bytes(to_text(size * 1024)) == size * 1024);
  }
}

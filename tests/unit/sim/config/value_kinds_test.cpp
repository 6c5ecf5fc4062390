// How each type of key is written, read and told, without a file around it.
#include "sim/config/value_kinds.h"

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <string_view>

using namespace cm;
using namespace cm::sim::config;

namespace {

// Words of a kind instead of its example, after a text that it does not take.
template <typename Kind>
std::string expected_after(std::string_view text)
{
  std::string expected = "its example";
  CHECK_FALSE(Kind::parse(text, expected));
  return expected;
}

template <typename Kind, typename Value>
void check_round_trip(const Value& value)
{
  std::string expected;
  const std::string text = Kind::print(value);
  INFO(text);
  CHECK(Kind::parse(text, expected) == value);
}

// The example of a message is itself a text that the kind takes.
template <typename Kind>
void check_example()
{
  std::string expected;
  INFO(Kind::Name);
  CHECK(Kind::parse(Kind::Example, expected));
}

}  // namespace

TEST_CASE("every kind reads back what it prints")
{
  check_round_trip<TextKind>(std::string("28 GB/s"));
  check_round_trip<BooleanKind>(true);
  check_round_trip<BooleanKind>(false);
  check_round_trip<IntegerKind<std::int64_t>>(std::numeric_limits<std::int64_t>::min());
  check_round_trip<IntegerKind<int>>(std::numeric_limits<int>::max());
  check_round_trip<NumberKind>(0.1);
  check_round_trip<NumberKind>(-1e-300);
  check_round_trip<FractionKind>(1.0 / 3);
  check_round_trip<SizeKind>(Bytes(1'000'001));
  check_round_trip<SizeKind>(3_GiB);
  check_round_trip<TimeKind>(Seconds(1.9e-6));
  check_round_trip<BandwidthKind>(BytesPerSecond(196e9 / 7));
  check_round_trip<ComputeRateKind>(FlopsPerSecond(752e12));
}

TEST_CASE("the example that a message gives is one that is taken")
{
  check_example<TextKind>();
  check_example<IntegerKind<int>>();
  check_example<NumberKind>();
  check_example<SizeKind>();
  check_example<TimeKind>();
  check_example<BandwidthKind>();
  check_example<ComputeRateKind>();
  // It gives two ways to write a share.
  std::string expected;
  const std::string_view both = FractionKind::Example;
  CHECK(FractionKind::parse(both.substr(0, both.find('"')), expected) == 0.02);
  CHECK(FractionKind::parse(both.substr(both.rfind('"') + 1), expected) == 0.02);
}

TEST_CASE("a size of a part of a byte is told apart from one without a unit")
{
  CHECK(expected_after<SizeKind>("0.3 B") == "a size that is a whole number of bytes, like \"64 GiB\"");
  CHECK(expected_after<SizeKind>("64") == "its example");
  CHECK(expected_after<SizeKind>("64 KB") == "its example");
}

TEST_CASE("an integer that does not fit is told the ends of its type, one with a point what is wrong with it")
{
  CHECK(expected_after<IntegerKind<int>>("-2147483649") == "an integer between -2147483648 and 2147483647");
  CHECK(expected_after<IntegerKind<int>>("+2147483648") == "an integer between -2147483648 and 2147483647");
  CHECK(expected_after<IntegerKind<int>>("1.5") == "an integer like \"96\", without a point or an exponent");
  CHECK(expected_after<IntegerKind<int>>("12a") == "its example");
  CHECK(expected_after<IntegerKind<int>>("+-5") == "its example");
  CHECK(expected_after<IntegerKind<int>>("+") == "its example");
}

TEST_CASE("limits are compared in base units and go back to a value to be printed")
{
  CHECK(SizeKind::count(2_KiB) == 2048);
  CHECK(SizeKind::print(SizeKind::of_count(2048)) == "2 KiB");
  CHECK(TimeKind::count(3_us) == 3e-6);
  CHECK(TimeKind::print(TimeKind::of_count(3e-6)) == "3 us");
  CHECK(BandwidthKind::print(BandwidthKind::of_count(28e9)) == "28 GB/s");
  CHECK(IntegerKind<int>::print(IntegerKind<int>::of_count(-7.0)) == "-7");
}

TEST_CASE("measured numbers need evidence in a part, counts and words do not")
{
  CHECK((NumberKind::NeedsEvidence && FractionKind::NeedsEvidence && SizeKind::NeedsEvidence &&
         TimeKind::NeedsEvidence && BandwidthKind::NeedsEvidence && ComputeRateKind::NeedsEvidence));
  CHECK_FALSE((TextKind::NeedsEvidence || BooleanKind::NeedsEvidence || IntegerKind<int>::NeedsEvidence));
}

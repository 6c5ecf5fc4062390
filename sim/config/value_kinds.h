// Properties that the reader must know of each type of key: its name, how it is written and what range it has anyway.
// One struct per type, all of the same shape:
//   parse(text, expected)  the value; when it is empty, `expected` may have been replaced by something more helpful
//   print(value)           as parse would read it
//   count(value)           the number that a key's minimum and maximum are compared with
//   of_count(number)       the way back, to print these limits
#pragma once

#include "sim/units/parse_quantity.h"
#include "sim/units/quantity.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace cm::sim::config {

struct TextKind {
  static constexpr std::string_view Name = "text";
  static constexpr std::string_view Noun = "a text";
  static constexpr std::string_view Example = "name";
  static constexpr bool NeedsEvidence = false;

  static std::optional<std::string> parse(std::string_view text, std::string& /*expected*/)
  {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
  }

  static std::string print(const std::string& value) { return value; }
};

struct BooleanKind {
  static constexpr std::string_view Name = "boolean";
  static constexpr std::string_view Noun = "true or false";
  static constexpr std::string_view Example{};
  static constexpr bool NeedsEvidence = false;

  static std::optional<bool> parse(std::string_view text, std::string& /*expected*/)
  {
    return text == "true" || text == "false" ? std::optional<bool>(text == "true") : std::nullopt;
  }

  static std::string print(bool value) { return value ? "true" : "false"; }
};

template <typename Number>
struct IntegerKind {
  static constexpr std::string_view Name = "integer";
  static constexpr std::string_view Noun = "an integer";
  static constexpr std::string_view Example = "96";
  static constexpr bool NeedsEvidence = false;
  static constexpr std::optional<double> Lowest = std::nullopt;
  static constexpr std::optional<double> Highest = std::nullopt;

  static std::optional<Number> parse(std::string_view text, std::string& expected)
  {
    // from_chars takes no plus.
    const char* const end = text.data() + text.size();
    const char* const start = text.data() + (text.starts_with('+') ? 1 : 0);
    Number value = 0;
    const auto outcome = std::from_chars(start, end, value);
    const bool is_whole_text = outcome.ptr == end && !text.starts_with("+-");
    if (is_whole_text && outcome.ec == std::errc())
      return value;
    if (is_whole_text && outcome.ec == std::errc::result_out_of_range)
      expected = fmt::format("an integer between {} and {}", std::numeric_limits<Number>::min(),
                             std::numeric_limits<Number>::max());
    else if (parse_number(text))
      expected = "an integer like \"96\", without a point or an exponent";
    return std::nullopt;
  }

  static std::string print(Number value) { return fmt::format("{}", value); }

  static double count(Number value) { return static_cast<double>(value); }

  static Number of_count(double count) { return static_cast<Number>(count); }
};

struct NumberKind {
  static constexpr std::string_view Name = "number";
  static constexpr std::string_view Noun = "a number";
  static constexpr std::string_view Example = "1.25";
  static constexpr bool NeedsEvidence = true;
  static constexpr std::optional<double> Lowest = std::nullopt;
  static constexpr std::optional<double> Highest = std::nullopt;

  static std::optional<double> parse(std::string_view text, std::string& /*expected*/) { return parse_number(text); }

  static std::string print(double value) { return fmt::format("{}", value); }

  static double count(double value) { return value; }

  static double of_count(double count) { return count; }
};

struct FractionKind : NumberKind {
  static constexpr std::string_view Name = "fraction";
  static constexpr std::string_view Noun = "a share";
  static constexpr std::string_view Example = "2 %\" or \"0.02";
  static constexpr std::optional<double> Lowest = 0.0;
  static constexpr std::optional<double> Highest = 1.0;

  static std::optional<double> parse(std::string_view text, std::string& /*expected*/) { return parse_fraction(text); }
};

// Sizes, times and rates: below zero only where a key says so.
template <typename Quantity>
struct QuantityKind {
  static constexpr bool NeedsEvidence = true;
  static constexpr std::optional<double> Lowest = 0.0;
  static constexpr std::optional<double> Highest = std::nullopt;

  static std::string print(Quantity value) { return to_text(value); }

  static double count(Quantity value) { return static_cast<double>(value.count()); }

  static Quantity of_count(double count) { return Quantity(static_cast<typename Quantity::number_type>(count)); }
};

struct SizeKind : QuantityKind<Bytes> {
  static constexpr std::string_view Name = "size";
  static constexpr std::string_view Noun = "a size";
  static constexpr std::string_view Example = "64 GiB";

  static std::optional<Bytes> parse(std::string_view text, std::string& expected)
  {
    const auto size = parse_bytes(text);
    if (!size && parse_bytes_per_second(std::string(text) + "/s"))
      expected = "a size that is a whole number of bytes, like \"64 GiB\"";
    return size;
  }
};

struct TimeKind : QuantityKind<Seconds> {
  static constexpr std::string_view Name = "time";
  static constexpr std::string_view Noun = "a time";
  static constexpr std::string_view Example = "1.9 us";

  static std::optional<Seconds> parse(std::string_view text, std::string& /*expected*/) { return parse_seconds(text); }
};

struct BandwidthKind : QuantityKind<BytesPerSecond> {
  static constexpr std::string_view Name = "bandwidth";
  static constexpr std::string_view Noun = "a bandwidth";
  static constexpr std::string_view Example = "28 GB/s";

  static std::optional<BytesPerSecond> parse(std::string_view text, std::string& /*expected*/)
  {
    return parse_bytes_per_second(text);
  }
};

struct ComputeRateKind : QuantityKind<FlopsPerSecond> {
  static constexpr std::string_view Name = "compute rate";
  static constexpr std::string_view Noun = "a compute rate";
  static constexpr std::string_view Example = "752 TFLOPS";

  static std::optional<FlopsPerSecond> parse(std::string_view text, std::string& /*expected*/)
  {
    return parse_flops_per_second(text);
  }
};

}  // namespace cm::sim::config

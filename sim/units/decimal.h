// A decimal number as written, kept exact: "1.9" with the unit us becomes the double nearest to 1.9e-6, without the
// rounding of a multiplication, and prints as "1.9" again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cm {

// Worth digits * 10^exponent. `digits` has no zeros at either end; zero has no digits at all.
struct Decimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

struct ScannedDecimal {
  Decimal number;
  std::string_view rest;  // the text behind the number, spaces included
};

// Sign, digits, point, exponent, in plain ASCII. Empty for anything else: hexadecimal, inf, nan, no digit at all.
std::optional<ScannedDecimal> scan_decimal(std::string_view text);

Decimal decimal_of(std::int64_t value);
Decimal decimal_of(double value);  // finite; the fewest digits that read back as the same value

// The nearest double. Empty when there is none that is finite, or when a number above zero would become zero.
std::optional<double> to_double(const Decimal& number);

// number * factor, when that is a whole number that fits.
std::optional<std::int64_t> to_whole(const Decimal& number, std::int64_t factor);

// "0.0019", "7.68", "120"; with an exponent only where the zeros would be beyond counting.
std::string to_text(const Decimal& number);

// Whether the magnitude is at least 10^power.
bool reaches(const Decimal& number, int power);

}  // namespace cm

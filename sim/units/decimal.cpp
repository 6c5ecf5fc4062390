#include "sim/units/decimal.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <system_error>
#include <utility>

namespace cm {
namespace {

// Far outside what a double can hold, and far inside what an int can.
constexpr int ExponentLimit = 9999;

// More zeros than this cannot be counted by eye.
constexpr int LongestPlain = 20;

bool is_digit(char letter)
{
  return letter >= '0' && letter <= '9';
}

std::string_view take_digits(std::string_view& text)
{
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length]))
    ++length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

bool take_sign(std::string_view& text)
{
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+'))
    text.remove_prefix(1);
  return negative;
}

// Zero when there is no exponent; empty when it is absurdly large. An "e" without digits belongs to the unit.
std::optional<int> take_exponent(std::string_view& text)
{
  if (!text.starts_with('e') && !text.starts_with('E'))
    return 0;
  std::string_view after = text.substr(1);
  const bool negative = take_sign(after);
  const std::string_view digits = take_digits(after);
  if (digits.empty())
    return 0;
  int value = 0;
  const auto outcome = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (outcome.ec != std::errc() || value > ExponentLimit)
    return std::nullopt;
  text = after;
  return negative ? -value : value;
}

Decimal normalised(Decimal number)
{
  const std::size_t last = number.digits.find_last_not_of('0');
  if (last == std::string::npos)
    return {};
  number.exponent += static_cast<int>(number.digits.size() - last - 1);
  number.digits.erase(last + 1);
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  return number;
}

}  // namespace

std::optional<ScannedDecimal> scan_decimal(std::string_view text)
{
  Decimal number;
  number.negative = take_sign(text);
  number.digits = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::string_view fraction = take_digits(text);
    number.digits += fraction;
    number.exponent = -static_cast<int>(fraction.size());
  }
  if (number.digits.empty())
    return std::nullopt;
  const std::optional<int> exponent = take_exponent(text);
  if (!exponent)
    return std::nullopt;
  number.exponent += *exponent;
  return ScannedDecimal{normalised(std::move(number)), text};
}

Decimal decimal_of(std::int64_t value)
{
  const auto scanned = scan_decimal(fmt::format("{}", value));
  return scanned ? scanned->number : Decimal{};
}

Decimal decimal_of(double value)
{
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::scientific);
  const auto scanned = scan_decimal(std::string_view(buffer.data(), written.ptr));
  return scanned ? scanned->number : Decimal{};
}

std::optional<double> to_double(const Decimal& number)
{
  if (number.digits.empty())
    return 0.0;
  const std::string text = fmt::format("{}{}e{}", number.negative ? "-" : "", number.digits, number.exponent);
  double value = 0;
  const auto outcome = std::from_chars(text.data(), text.data() + text.size(), value);
  if (outcome.ec != std::errc() || !std::isfinite(value) || value == 0)
    return std::nullopt;
  return value;
}

std::optional<std::int64_t> to_whole(const Decimal& number, std::int64_t factor)
{
  __extension__ using Wide = unsigned __int128;
  if (number.digits.empty())
    return 0;
  std::uint64_t digits = 0;
  const auto outcome = std::from_chars(number.digits.data(), number.digits.data() + number.digits.size(), digits);
  if (outcome.ec != std::errc())
    return std::nullopt;
  const Wide limit = std::numeric_limits<std::int64_t>::max();
  Wide whole = Wide{digits} * static_cast<Wide>(factor);
  int exponent = number.exponent;
  for (; exponent < 0 && whole % 10 == 0; ++exponent)
    whole /= 10;
  for (; exponent > 0 && whole <= limit; --exponent)
    whole *= 10;
  if (exponent != 0 || whole > limit)
    return std::nullopt;
  const auto magnitude = static_cast<std::int64_t>(whole);
  return number.negative ? -magnitude : magnitude;
}

std::string to_text(const Decimal& number)
{
  if (number.digits.empty())
    return "0";
  const int size = static_cast<int>(number.digits.size());
  const int before_point = size + number.exponent;
  if (before_point > LongestPlain || before_point < -LongestPlain)
    return fmt::format("{}{}e{}", number.negative ? "-" : "", number.digits, number.exponent);
  std::string text = number.digits;
  if (number.exponent >= 0)
    text.append(static_cast<std::size_t>(number.exponent), '0');
  else if (before_point > 0)
    text.insert(text.begin() + before_point, 1, '.');
  else
    text = fmt::format("0.{:0>{}}", text, size - before_point);
  return fmt::format("{}{}", number.negative ? "-" : "", text);
}

bool reaches(const Decimal& number, int power)
{
  return !number.digits.empty() && static_cast<int>(number.digits.size()) + number.exponent > power;
}

}  // namespace cm

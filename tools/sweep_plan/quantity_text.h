// The value of an axis as a quantity, so that 14 GB/s and 14000 MB/s are one and 10 MB/s is less than either.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cm::tools {

struct QuantityText {
  enum class Kind { Number, Bytes, Rate, Time, Flops };

  Kind kind = Kind::Number;
  double value = 0;                   // in base units
  std::optional<std::int64_t> whole;  // the same where it is a whole number of 64 bits: exact where `value` is not

  // Unordered when they are of different kinds.
  [[nodiscard]] std::partial_ordering compare(const QuantityText& other) const;
};

// Empty when the text is neither a number, a share nor a quantity with its unit.
std::optional<QuantityText> quantity_text(std::string_view text);

// Whether they are the same text or the same quantity.
bool are_equal_values(const std::string& a, const std::string& b);

}  // namespace cm::tools

// Text to quantity and back: "28 GB/s", "224 Gb/s", "64 GiB", "1.9 us", "752 TFLOPS". GB is 10^9, GiB is 2^30, b is
// a bit, B a byte. A number without its unit is not a quantity.
#pragma once

#include "sim/units/quantity.h"

#include <optional>
#include <string>
#include <string_view>

namespace cm {

// Each is empty when the text is not a finite number followed by a unit of that kind.
std::optional<Bytes> parse_bytes(std::string_view text);
std::optional<Seconds> parse_seconds(std::string_view text);
std::optional<BytesPerSecond> parse_bytes_per_second(std::string_view text);
std::optional<FlopsPerSecond> parse_flops_per_second(std::string_view text);

// A share: "2 %" is 0.02, "0.02" is 0.02.
std::optional<double> parse_fraction(std::string_view text);

// A plain finite decimal number: no unit, no hexadecimal, no inf.
std::optional<double> parse_number(std::string_view text);

// Exact text in the largest unit that keeps the number at or above one; sizes take KiB, MiB ... where that is shorter.
// The matching parse_... reads the same value back.
std::string to_text(Bytes value);
std::string to_text(Seconds value);
std::string to_text(BytesPerSecond value);
std::string to_text(FlopsPerSecond value);

}  // namespace cm

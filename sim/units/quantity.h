// Strong types for the few quantities of the simulator. A quantity is a number with a tag; only operations with a
// physical meaning exist (Bytes / BytesPerSecond is Seconds; Bytes + Seconds does not compile).
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>
#include <stdexcept>

namespace cm {

template <typename Tag, typename Number>
class Quantity {
 public:
  using number_type = Number;

  constexpr Quantity() = default;
  constexpr explicit Quantity(Number value) : value_(value) {}

  // The bare number in the unit that the type is named for.
  [[nodiscard]] constexpr Number count() const { return value_; }

  friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value_ - b.value_); }
  friend constexpr Quantity operator-(Quantity a) { return Quantity(-a.value_); }
  friend constexpr Quantity operator*(Quantity a, Number factor) { return Quantity(a.value_ * factor); }
  friend constexpr Quantity operator*(Number factor, Quantity a) { return Quantity(a.value_ * factor); }
  friend constexpr Quantity operator/(Quantity a, Number divisor) { return Quantity(a.value_ / divisor); }
  constexpr Quantity& operator+=(Quantity other) { return *this = *this + other; }
  constexpr Quantity& operator-=(Quantity other) { return *this = *this - other; }

 private:
  Number value_{};
};

using Bytes = Quantity<struct BytesTag, std::int64_t>;
using Seconds = Quantity<struct SecondsTag, double>;
using BytesPerSecond = Quantity<struct BytesPerSecondTag, double>;
using Flops = Quantity<struct FlopsTag, double>;
using FlopsPerSecond = Quantity<struct FlopsPerSecondTag, double>;
using Hertz = Quantity<struct HertzTag, double>;

// The data plane's clock: whole picoseconds since the start of its phase.
using Picoseconds = Quantity<struct PicosecondsTag, std::int64_t>;

constexpr double ratio(Bytes a, Bytes b)
{
  return static_cast<double>(a.count()) / static_cast<double>(b.count());
}

template <typename Tag>
constexpr double ratio(Quantity<Tag, double> a, Quantity<Tag, double> b)
{
  return a.count() / b.count();
}

constexpr Seconds operator/(Bytes amount, BytesPerSecond rate)
{
  return Seconds(static_cast<double>(amount.count()) / rate.count());
}

constexpr BytesPerSecond operator/(Bytes amount, Seconds time)
{
  return BytesPerSecond(static_cast<double>(amount.count()) / time.count());
}

constexpr Seconds operator/(Flops amount, FlopsPerSecond rate)
{
  return Seconds(amount.count() / rate.count());
}

// Rounds once, to the nearest picosecond: call it where a duration enters the data plane, never per byte. Throws
// std::overflow_error for what 64 bits do not hold: 106 days and more.
inline Picoseconds to_picoseconds(Seconds time)
{
  const double count = time.count() * 1e12;
  if (!(std::abs(count) < 0x1p63))
    throw std::overflow_error("a time of more than 106 days does not fit the clock of picoseconds");
  return Picoseconds(std::llround(count));
}

constexpr Seconds to_seconds(Picoseconds time)
{
  return Seconds(static_cast<double>(time.count()) * 1e-12);
}

constexpr double microseconds(Seconds time)
{
  return time.count() * 1e6;
}

constexpr double microseconds(Picoseconds time)
{
  return static_cast<double>(time.count()) * 1e-6;
}

inline namespace literals {
constexpr Bytes operator""_B(unsigned long long n)
{
  return Bytes(static_cast<std::int64_t>(n));
}
constexpr Bytes operator""_KiB(unsigned long long n)
{
  return Bytes(static_cast<std::int64_t>(n) * 1024);
}
constexpr Bytes operator""_MiB(unsigned long long n)
{
  return Bytes(static_cast<std::int64_t>(n) * 1024 * 1024);
}
constexpr Bytes operator""_GiB(unsigned long long n)
{
  return Bytes(static_cast<std::int64_t>(n) * 1024 * 1024 * 1024);
}
constexpr Seconds operator""_s(long double n)
{
  return Seconds(static_cast<double>(n));
}
constexpr Seconds operator""_ms(long double n)
{
  return Seconds(static_cast<double>(n * 1e-3L));
}
constexpr Seconds operator""_us(long double n)
{
  return Seconds(static_cast<double>(n * 1e-6L));
}
constexpr Seconds operator""_ns(long double n)
{
  return Seconds(static_cast<double>(n * 1e-9L));
}
constexpr Seconds operator""_us(unsigned long long n)
{
  return Seconds(static_cast<double>(n) * 1e-6);
}
constexpr Seconds operator""_ns(unsigned long long n)
{
  return Seconds(static_cast<double>(n) * 1e-9);
}
constexpr Picoseconds operator""_ps(unsigned long long n)
{
  return Picoseconds(static_cast<std::int64_t>(n));
}
constexpr BytesPerSecond operator""_GBps(unsigned long long n)
{
  return BytesPerSecond(static_cast<double>(n) * 1e9);
}
constexpr BytesPerSecond operator""_GBps(long double n)
{
  return BytesPerSecond(static_cast<double>(n) * 1e9);
}
}  // namespace literals

}  // namespace cm

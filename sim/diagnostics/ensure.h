// ensure(condition, format, values...): an invariant that stays checked in release builds. Throws SimulationError
// with the source location.
#pragma once

#include <fmt/format.h>

#include <source_location>
#include <string>
#include <utility>

namespace cm {

[[noreturn]] void fail_invariant(const std::string& message, const std::source_location& where);

// A format string that remembers where it was written.
struct LocatedFormat {
  std::string_view text;
  std::source_location where;

  // NOLINTNEXTLINE(google-explicit-constructor): a string literal at the call site becomes one.
  LocatedFormat(const char* format, const std::source_location& location = std::source_location::current())
      : text(format), where(location)
  {
  }
};

template <typename... Values>
void ensure(bool condition, const LocatedFormat& message, const Values&... values)
{
  if (!condition) [[unlikely]]
    fail_invariant(fmt::vformat(message.text, fmt::make_format_args(values...)), message.where);
}

}  // namespace cm

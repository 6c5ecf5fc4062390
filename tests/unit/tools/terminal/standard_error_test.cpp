#include "tools/terminal/standard_error.h"

#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <unistd.h>

namespace {

// Bytes that a message leaves on standard error.
std::string told(std::string_view message)
{
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  cm::tools::tell(message);
  std::fflush(stderr);
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  ::close(ends[1]);
  std::array<char, 256> buffer{};
  const auto size = ::read(ends[0], buffer.data(), buffer.size());
  ::close(ends[0]);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace

TEST_CASE("a message cannot steer the terminal, and ends its line")
{
  CHECK(told("a \x1b[2J file\nand more") == "a \\x1b[2J file\nand more\n");
}

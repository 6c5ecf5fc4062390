#include "tools/terminal/terminal_width.h"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace cm::tools;

TEST_CASE("text in a pipe has 80 columns")
{
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  CHECK(terminal_width(ends[1]) == 80);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a terminal's own width is what counts, within bounds")
{
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  const auto width_of = [&](unsigned short columns) {
    const winsize size{.ws_row = 40, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    REQUIRE(::ioctl(terminal, TIOCSWINSZ, &size) == 0);
    return terminal_width(terminal);
  };
  CHECK(width_of(160) == 160);
  CHECK(width_of(0) == 80);
  CHECK(width_of(7) == NarrowestText);
  CHECK(width_of(5000) == WidestText);
  ::close(terminal);
}

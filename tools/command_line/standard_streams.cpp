#include "tools/command_line/standard_streams.h"

#include "sim/diagnostics/errors.h"
#include "sim/diagnostics/printable.h"
#include "tools/terminal/terminal_width.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace cm::tools {
namespace {

// A new descriptor takes the lowest free number.
void fill_closed(int stream, int access)
{
  if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF)
    static_cast<void>(::open("/dev/null", access));
}

}  // namespace

void open_standard_streams()
{
  fill_closed(STDIN_FILENO, O_RDONLY);
  fill_closed(STDOUT_FILENO, O_RDONLY);
  fill_closed(STDERR_FILENO, O_WRONLY);
}

void print(const std::string& content)
{
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  std::string text = content;
  if (is_terminal)
    text = output_takes_colour() ? printable_in_colour(content) : printable(content);
  const bool is_written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!is_written || std::fflush(stdout) != 0)
    throw ConfigError(fmt::format("standard output: cannot write: {}", std::generic_category().message(errno)));
}

std::size_t output_width()
{
  const char* const variable = std::getenv("COLUMNS");
  const std::string_view text = variable != nullptr ? variable : "";
  std::size_t columns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
  const bool is_number = !text.empty() && error == std::errc() && end == text.data() + text.size();
  return is_number ? std::clamp(columns, NarrowestText, WidestText) : terminal_width(STDOUT_FILENO);
}

bool output_takes_colour()
{
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool is_refused = no_colour != nullptr && *no_colour != '\0';
  const bool is_dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return ::isatty(STDOUT_FILENO) == 1 && !is_refused && !is_dumb;
}

}  // namespace cm::tools

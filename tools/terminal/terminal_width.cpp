#include "tools/terminal/terminal_width.h"

#include "tools/terminal/table_text.h"

#include <algorithm>
#include <sys/ioctl.h>

namespace cm::tools {

std::size_t terminal_width(int descriptor)
{
  winsize size{};
  const bool is_known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return std::clamp(is_known ? std::size_t{size.ws_col} : TerminalWidth, NarrowestText, WidestText);
}

}  // namespace cm::tools

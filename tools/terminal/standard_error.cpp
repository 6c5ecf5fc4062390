#include "tools/terminal/standard_error.h"

#include "sim/diagnostics/printable.h"

#include <cstdio>

namespace cm::tools {

void tell(std::string_view message)
{
  const std::string line = printable(message) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace cm::tools

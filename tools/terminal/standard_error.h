// Messages of the program beside its output.
#pragma once

#include <string_view>

namespace cm::tools {

// One message and a line feed, on standard error. Files and other programs are quoted in messages, so all but text is
// shown as escapes (sim/diagnostics/printable.h).
void tell(std::string_view message);

}  // namespace cm::tools

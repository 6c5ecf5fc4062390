// Where the program's own machines, models, scenarios and rows are.
#pragma once

#include <string>

namespace cm::tools {

// The folder configs/ that was installed with this program, found from where the program lies, so that an installation
// may be moved whole; otherwise that of the source tree from which it was built. --configs names another one.
std::string config_root();

}  // namespace cm::tools

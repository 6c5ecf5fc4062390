// A sentence about a key that was set on top of a configuration, for whoever set it.
#pragma once

#include <string>

namespace cm::tools {

struct KeyNote {
  std::string key;   // the full path
  std::string text;  // "machine.ub.mtu has no effect here: ..."
};

}  // namespace cm::tools

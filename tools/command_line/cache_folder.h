// Where the program may leave what makes later runs faster.
#pragma once

#include <string>

namespace cm::tools {

// $XDG_CACHE_HOME/cmsim, or ~/.cache/cmsim. Empty when the environment names neither folder by an absolute path.
std::string cache_folder();

}  // namespace cm::tools

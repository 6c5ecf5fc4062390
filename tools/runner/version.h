// Which cmsim this is.
#pragma once

#include <string>

namespace cm::tools {

std::string version();  // "0.1.0"

}  // namespace cm::tools

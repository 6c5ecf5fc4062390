// The contents of a file under a short name.
#pragma once

#include <string>

namespace cm::tools {

// 32 hexadecimal digits; empty when there is no regular file that can be read.
std::string file_digest(const std::string& path);

}  // namespace cm::tools

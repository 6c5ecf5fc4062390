#include "tools/runner/file_digest.h"

#include "sim/config/digest.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace cm::tools {

std::string file_digest(const std::string& path)
{
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    return {};
  std::ifstream in(path, std::ios::binary);
  std::ostringstream contents;
  contents << in.rdbuf();
  return in.is_open() ? sim::config::digest(contents.str()) : std::string();
}

}  // namespace cm::tools

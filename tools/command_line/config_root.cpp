#include "tools/command_line/config_root.h"

#include <filesystem>
#include <system_error>

namespace cm::tools {

std::string config_root()
{
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = (program.parent_path() / CM_INSTALLED_CONFIGS).lexically_normal();
  if (!error && fs::is_directory(installed, error))
    return installed.string();
  return CM_SOURCE_CONFIGS;
}

}  // namespace cm::tools

#include "tools/command_line/cache_folder.h"

#include <cstdlib>
#include <filesystem>

namespace cm::tools {
namespace {

// Relative paths are none, as the XDG specification has it.
std::filesystem::path absolute_path_in(const char* variable)
{
  const char* const text = std::getenv(variable);
  const std::filesystem::path path = text != nullptr ? text : "";
  return path.is_absolute() ? path : std::filesystem::path();
}

}  // namespace

std::string cache_folder()
{
  if (const auto cache = absolute_path_in("XDG_CACHE_HOME"); !cache.empty())
    return (cache / "cmsim").string();
  if (const auto home = absolute_path_in("HOME"); !home.empty())
    return (home / ".cache" / "cmsim").string();
  return {};
}

}  // namespace cm::tools

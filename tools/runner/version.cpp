#include "tools/runner/version.h"

#include <fmt/format.h>

namespace cm::tools {

std::string version()
{
  return CM_VERSION;
}

std::string version_and_commit()
{
  return commit().empty() ? version() : fmt::format("{} ({})", version(), commit());
}

}  // namespace cm::tools

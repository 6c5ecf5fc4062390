#include "tools/shipped/version.h"

#include <fmt/format.h>

namespace cm::tools {

std::string version()
{
  return CM_VERSION;
}

std::string version_and_commit()
{
  return version_and_commit(version(), commit());
}

std::string version_and_commit(const std::string& version, const std::string& commit)
{
  return commit.empty() ? version : fmt::format("{} ({})", version, commit);
}

}  // namespace cm::tools

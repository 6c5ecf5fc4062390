#include "tools/runner/version.h"

namespace cm::tools {

std::string version()
{
  return CM_VERSION;
}

}  // namespace cm::tools

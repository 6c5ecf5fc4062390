#include "sim/diagnostics/ensure.h"

#include "sim/diagnostics/errors.h"

namespace cm {

void fail_invariant(const std::string& message, const std::source_location& where)
{
  throw SimulationError(fmt::format("{}:{}: {}", where.file_name(), where.line(), message));
}

}  // namespace cm

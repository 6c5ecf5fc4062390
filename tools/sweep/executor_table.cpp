#include "tools/sweep/executor.h"
#include "tools/sweep/local_executor.h"

#include <array>

namespace cm::tools {
namespace {

std::unique_ptr<Executor> make_local(const ExecutorSpec& spec)
{
  return std::make_unique<LocalExecutor>(spec.jobs);
}

constexpr std::array<ExecutorKind, 1> Table{{
    {"local", "processes on this computer, --jobs at a time", make_local},
}};

}  // namespace

std::span<const ExecutorKind> executor_table()
{
  return Table;
}

}  // namespace cm::tools

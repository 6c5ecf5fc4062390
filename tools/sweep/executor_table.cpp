#include "tools/sweep/executor_table.h"

#include "tools/slurm/slurm_executor.h"
#include "tools/sweep_points/local_executor.h"

#include <array>

namespace cm::tools {
namespace {

std::unique_ptr<Executor> make_local(const ExecutorSpec& spec)
{
  return std::make_unique<LocalExecutor>(spec.jobs);
}

std::unique_ptr<Executor> make_slurm(const ExecutorSpec& spec)
{
  return std::make_unique<SlurmExecutor>(spec);
}

constexpr std::array<ExecutorKind, 2> Table{{
    {"local", "processes on this computer, --jobs at a time", make_local},
    {"slurm", "tasks of an array job on the cluster that sbatch reaches", make_slurm},
}};

}  // namespace

std::span<const ExecutorKind> executor_table()
{
  return Table;
}

}  // namespace cm::tools

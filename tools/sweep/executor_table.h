// Every place where points can run, in one table.
#pragma once

#include "tools/sweep_points/executor.h"

#include <memory>
#include <span>
#include <string_view>

namespace cm::tools {

struct ExecutorKind {
  std::string_view name;
  std::string_view sentence;  // for --help
  std::unique_ptr<Executor> (*make)(const ExecutorSpec& spec) = nullptr;
};

std::span<const ExecutorKind> executor_table();

}  // namespace cm::tools

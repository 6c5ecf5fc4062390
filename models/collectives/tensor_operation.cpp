#include "models/collectives/tensor_operation.h"

namespace cm::models {

std::int64_t token_share(std::int64_t tokens, std::int64_t members, std::int64_t member)
{
  return tokens / members + (member < tokens % members ? 1 : 0);
}

Bytes piece_of(const TensorTask& task, std::int64_t member)
{
  if (task.operation == TensorOperation::AllReduce)
    return Bytes(token_share(task.tokens * task.row.count(), task.members, member));
  return task.row * token_share(task.tokens, task.members, member);
}

Operator reduction_operator(Bytes piece, std::int64_t members)
{
  return {.name = "reduce", .unit = Unit::Vector, .traffic = piece * (members + 1)};
}

}  // namespace cm::models

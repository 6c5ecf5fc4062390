// Tensor parallelism: what one die of a group has of a model whose attention heads, dense feed-forward and vocabulary
// are divided over the group. Every die of the group works on all tokens of the group's batch.
//
// Split: query heads, the projections that belong to them, the dense feed-forward's inner width, the vocabulary. Key
// and value heads are split as long as there are enough; with fewer heads than dies each die holds one, copied to
// dies / heads of them. Latent attention keeps its down projections and the latent cache whole on every die. Experts
// are not split: expert parallelism lays them out. Source: the layout of Megatron-LM, arXiv:1909.08053 section 3.
#pragma once

#include "models/language_models/architecture.h"

#include <optional>
#include <string>

namespace cm::models {

// Empty when the model divides over `dies` of a group; else what does not, and the numbers near it that would.
// Requires dies > 0.
std::optional<std::string> tensor_problem(const ModelSpec& model, std::int64_t dies);

// The model that one die of the group works on: operators, weights and cache of this model are the die's. The
// vocabulary is rounded up. Requires a model that divides over `dies`.
ModelSpec tensor_share(const ModelSpec& model, std::int64_t dies);

}  // namespace cm::models

#include "models/language_models/tensor_share.h"

#include "sim/diagnostics/ensure.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::models {
namespace {

// Quantity that does not divide over the dies; empty when everything does.
std::string obstacle(const LatentAttention& attention, std::int64_t dies)
{
  return attention.heads % dies == 0 ? "" : fmt::format("{} heads", attention.heads);
}

std::string obstacle(const GroupedAttention& attention, std::int64_t dies)
{
  if (attention.heads % dies != 0)
    return fmt::format("{} heads", attention.heads);
  if (attention.kv_heads % dies != 0 && dies % attention.kv_heads != 0)
    return fmt::format("{} key and value heads", attention.kv_heads);
  return "";
}

std::string obstacle(const ModelSpec& model, std::int64_t dies)
{
  std::string found = std::visit([&](const auto& attention) { return obstacle(attention, dies); }, model.attention);
  if (found.empty() && model.dense_layers > 0 && model.dense_intermediate % dies != 0)
    found = fmt::format("a dense feed-forward {} wide", model.dense_intermediate);
  return found;
}

LatentAttention share(LatentAttention attention, std::int64_t dies)
{
  attention.heads /= dies;
  return attention;
}

GroupedAttention share(GroupedAttention attention, std::int64_t dies)
{
  attention.heads /= dies;
  attention.kv_heads = std::max<std::int64_t>(1, attention.kv_heads / dies);
  return attention;
}

}  // namespace

std::optional<std::string> tensor_problem(const ModelSpec& model, std::int64_t dies)
{
  const std::string found = obstacle(model, dies);
  if (found.empty())
    return std::nullopt;
  std::int64_t below = dies - 1;
  while (below > 1 && !obstacle(model, below).empty())
    --below;
  const std::int64_t heads = std::visit([](const auto& attention) { return attention.heads; }, model.attention);
  std::int64_t above = dies + 1;
  while (above <= heads && !obstacle(model, above).empty())
    ++above;
  return fmt::format("{} do{} not divide over {} dies; the nearest number that the model divides over is {}", found,
                     found.starts_with("a ") ? "es" : "", dies,
                     above <= heads ? fmt::format("{} or {}", below, above) : fmt::format("{}", below));
}

ModelSpec tensor_share(const ModelSpec& model, std::int64_t dies)
{
  ensure(dies > 0 && obstacle(model, dies).empty(), "{} does not divide over {} dies", model.name, dies);
  ModelSpec part = model;
  part.attention =
      std::visit([&](const auto& attention) { return AttentionSpec(share(attention, dies)); }, model.attention);
  part.dense_intermediate = model.dense_intermediate / dies;
  part.vocabulary = (model.vocabulary + dies - 1) / dies;
  return part;
}

}  // namespace cm::models

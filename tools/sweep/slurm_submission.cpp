#include "tools/sweep/slurm_submission.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <string_view>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view Schema = "cmsim-slurm/1";

std::optional<std::vector<SubmittedPoint>> read_chunk(const Json& list)
{
  std::vector<SubmittedPoint> chunk;
  for (const Json& point : list) {
    if (!point.is_array() || point.size() != 2 || !point[0].is_number_unsigned())
      return std::nullopt;
    const auto* digest = point[1].get_ptr<const std::string*>();
    if (digest == nullptr)
      return std::nullopt;
    chunk.push_back({point[0].get<std::size_t>(), *digest});
  }
  return chunk;
}

}  // namespace

std::vector<std::vector<std::size_t>> SlurmSubmission::points() const
{
  std::vector<std::vector<std::size_t>> indices;
  for (const auto& chunk : chunks) {
    indices.emplace_back();
    for (const SubmittedPoint& point : chunk)
      indices.back().push_back(point.index);
  }
  return indices;
}

SlurmSubmission submission_of(const std::vector<std::vector<std::size_t>>& chunks, const SweepBoard& board)
{
  SlurmSubmission submission;
  for (const auto& chunk : chunks) {
    submission.chunks.emplace_back();
    for (const std::size_t point : chunk)
      submission.chunks.back().push_back({point, board.point(point).digest});
  }
  return submission;
}

std::string to_json(const SlurmSubmission& submission)
{
  Json chunks = Json::array();
  for (const auto& chunk : submission.chunks) {
    Json list = Json::array();
    for (const SubmittedPoint& point : chunk)
      list.push_back(Json::array({point.index, point.digest}));
    chunks.push_back(std::move(list));
  }
  const Json root = {{"schema", Schema}, {"program", submission.program}, {"chunks", std::move(chunks)}};
  return root.dump(2) + "\n";
}

std::optional<SlurmSubmission> read_submission(const std::string& path)
{
  std::ifstream in(path);
  const Json root = Json::parse(in, nullptr, false);
  if (!root.is_object() || root.value("schema", "") != Schema || !root.contains("chunks") || !root["chunks"].is_array())
    return std::nullopt;
  SlurmSubmission submission{.program = root.value("program", ""), .chunks = {}};
  for (const Json& list : root["chunks"]) {
    const auto chunk = read_chunk(list);
    if (!chunk)
      return std::nullopt;
    submission.chunks.push_back(*chunk);
  }
  return submission;
}

bool is_current(const SlurmSubmission& submission, const SweepBoard& board, const std::string& program)
{
  return submission.program == program && std::ranges::all_of(submission.chunks, [&](const auto& chunk) {
           return std::ranges::all_of(chunk, [&](const SubmittedPoint& point) {
             return point.index < board.records().size() && board.point(point.index).digest == point.digest;
           });
         });
}

}  // namespace cm::tools

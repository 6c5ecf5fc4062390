#include "tools/slurm/slurm_submission.h"

#include "sim/config/reading_log.h"
#include "tools/files/json_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view Schema = "cmsim-slurm/1";

std::vector<SubmittedPoint> read_chunk(const JsonFile& file, const JsonFile::Keys& keys)
{
  std::vector<SubmittedPoint> chunk;
  for (std::size_t i = 0; i < file.list(keys).size(); ++i) {
    JsonFile::Keys point = keys;
    point.push_back(fmt::format("{}", i));
    if (file.list(point).size() != 2) {
      file.complain(point, "a point's number and its digest");
      continue;
    }
    JsonFile::Keys number = point;
    number.emplace_back("0");
    JsonFile::Keys digest = point;
    digest.emplace_back("1");
    chunk.push_back({file.count(number), file.text(digest)});
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
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return std::nullopt;
  sim::config::ReadingLog log;
  const JsonFile file(path, log);
  throw_if_any(log);
  if (file.text({"schema"}) != Schema)
    file.complain({"schema"}, fmt::format("\"{}\"", Schema));
  throw_if_any(log);
  SlurmSubmission submission{.program = file.text({"program"}), .chunks = {}};
  for (std::size_t i = 0; i < file.list({"chunks"}).size(); ++i)
    submission.chunks.push_back(read_chunk(file, {"chunks", fmt::format("{}", i)}));
  throw_if_any(log);
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

#include "tools/slurm/slurm_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace cm::tools {
namespace {

constexpr std::streamoff MostRead = 4096;
constexpr std::size_t LongestLine = 400;

}  // namespace

std::string task_log(const std::string& job, std::size_t task)
{
  return fmt::format("slurm/{}_{}.log", job, task);
}

std::string last_words_of_log(const std::string& path)
{
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored))
    return {};
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file.tellg();
  if (size <= 0)
    return {};
  file.seekg(std::max<std::streamoff>(0, size - MostRead));
  std::string last;
  for (std::string line; std::getline(file, line);)
    if (line.find_first_not_of(" \t\r") != std::string::npos)
      last = line.substr(0, LongestLine);
  return last;
}

}  // namespace cm::tools

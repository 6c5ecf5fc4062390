#include "tools/files/file_digest.h"

#include "sim/config/digest.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

namespace cm::tools {
namespace {

constexpr std::size_t BlockBytes = std::size_t{1} << 18U;

}  // namespace

std::string file_digest(const std::string& path)
{
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    return {};
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open())
    return {};
  // A trace may have gigabytes.
  std::vector<char> block(BlockBytes);
  sim::config::Digest digest;
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    digest.add({block.data(), static_cast<std::size_t>(in.gcount())});
  }
  return in.bad() ? std::string() : digest.text();
}

}  // namespace cm::tools

#include "sim/config/input_file.h"

#include "sim/config/value.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace cm::sim::config {
namespace {

[[noreturn]] void refuse_file(const std::string& path, const std::string& message)
{
  throw ConfigError(fmt::format("{}: {}", to_text(Position{path, 1, 1}), message));
}

const char* name_of_type(std::filesystem::file_type type)
{
  switch (type) {
  case std::filesystem::file_type::directory: return "a directory";
  case std::filesystem::file_type::fifo: return "a pipe";
  case std::filesystem::file_type::socket: return "a socket";
  case std::filesystem::file_type::character:
  case std::filesystem::file_type::block: return "a device";
  default: return "something else of that name";
  }
}

}  // namespace

void require_regular_file(const std::string& path)
{
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    refuse_file(path, fmt::format("expected a readable file, found none ({})", error.message()));
  if (!std::filesystem::is_regular_file(status))
    refuse_file(path, fmt::format("expected a file, found {}", name_of_type(status.type())));
}

std::string file_content(const std::string& path, std::size_t limit)
{
  require_regular_file(path);
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in)
    refuse_file(path,
                fmt::format("expected a readable file, cannot open it ({})", std::generic_category().message(errno)));
  std::string content;
  std::array<char, 65536> chunk{};
  while (in && content.size() <= limit) {
    in.read(chunk.data(), chunk.size());
    content.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (content.size() > limit)
    refuse_file(path, fmt::format("expected at most {}, found more", byte_count_text(limit)));
  if (in.bad())
    refuse_file(path, fmt::format("cannot be read ({})", std::generic_category().message(errno)));
  return content;
}

std::string byte_count_text(std::size_t bytes)
{
  constexpr std::size_t Mebi = std::size_t{1} << 20U;
  constexpr std::size_t Gibi = std::size_t{1} << 30U;
  if (bytes >= Gibi && bytes % Gibi == 0)
    return fmt::format("{} GiB", bytes / Gibi);
  if (bytes >= Mebi && bytes % Mebi == 0)
    return fmt::format("{} MiB", bytes / Mebi);
  return fmt::format("{} bytes", bytes);
}

}  // namespace cm::sim::config

#include "workloads/traces/tar_file.h"

#include "sim/config/input_file.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

namespace cm::workloads {
namespace {

constexpr std::size_t Record = 512;
constexpr std::size_t ArchiveOfFiles = 4;

// A field ends at its length, a zero byte or a blank.
std::string_view field(std::string_view header, std::size_t at, std::size_t length)
{
  const std::string_view text = header.substr(at, length);
  return text.substr(0, text.find('\0'));
}

std::optional<std::size_t> octal(std::string_view text)
{
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos)
    return std::nullopt;
  text = text.substr(first, text.find(' ', first) - first);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

bool begins_like_tar(std::string_view beginning)
{
  return beginning.size() >= Record && beginning.substr(257, 5) == "ustar";
}

void TarFile::refuse(const std::string& what) const
{
  throw ConfigError(fmt::format("{}:1:1: byte {}: {}", path_, at_, what));
}

bool TarFile::next(TarEntry& entry)
{
  for (;;) {
    const std::string header = file_.take(Record);
    // An empty record ends the archive.
    if (header.size() == Record && header.front() == '\0')
      return false;
    const auto size = begins_like_tar(header) ? octal(field(header, 124, 12)) : std::nullopt;
    if (!size)
      refuse("expected a file of a tar archive, found none, or the archive is cut off");
    if (*size > limit_ || at_ + *size > ArchiveOfFiles * limit_)
      refuse(fmt::format("expected files of at most {} and {} in all, found more", sim::config::byte_count_text(limit_),
                         sim::config::byte_count_text(ArchiveOfFiles * limit_)));
    const char type = header[156];
    const bool is_file = type == '0' || type == '\0';
    const std::size_t padded = (*size + Record - 1) / Record * Record;
    std::string content = file_.take(padded);
    if (content.size() != padded)
      refuse("expected a whole file, found the archive cut off");
    at_ += Record + padded;
    if (!is_file)
      continue;
    content.resize(*size);
    const std::string_view folder = field(header, 345, 155);
    entry.name = folder.empty() ? std::string() : std::string(folder) + "/";
    entry.name += field(header, 0, 100);
    entry.content = std::move(content);
    return true;
  }
}

}  // namespace cm::workloads

#include "workloads/traces/tar_file.h"

#include "sim/diagnostics/errors.h"
#include "workloads/traces/input_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <optional>

namespace cm::workloads {
namespace {

constexpr std::size_t Record = 512;

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

std::vector<TarEntry> read_tar(const std::string& path, std::size_t limit)
{
  const std::string archive = read_input(path, limit);
  const std::string_view all = archive;
  std::vector<TarEntry> entries;
  std::size_t at = 0;
  const auto refuse = [&] {
    throw ConfigError(fmt::format(
        "{}: expected a file of a tar archive at byte {}, found none, or the archive is cut off", path, at));
  };
  for (;;) {
    if (all.size() < at + Record)
      refuse();
    // An empty record ends the archive.
    if (all[at] == '\0')
      break;
    const std::string_view header = all.substr(at, Record);
    const auto size = octal(field(header, 124, 12));
    if (!begins_like_tar(header) || !size || *size > all.size() - at - Record)
      refuse();
    const std::size_t length = size.value_or(0);
    const char type = header[156];
    if (type == '0' || type == '\0') {
      const std::string_view folder = field(header, 345, 155);
      std::string name(folder);
      if (!folder.empty())
        name += '/';
      name += field(header, 0, 100);
      entries.push_back({std::move(name), std::string(all.substr(at + Record, length))});
    }
    at += Record + (length + Record - 1) / Record * Record;
  }
  return entries;
}

}  // namespace cm::workloads

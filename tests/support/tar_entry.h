// A file as it stands in a tar archive (POSIX ustar).
#pragma once

#include <fmt/format.h>

#include <string>

namespace cm::tests {

inline std::string padded(std::string text, std::size_t size)
{
  text.resize(size, '\0');
  return text;
}

// `type`: '0' a regular file, '5' a folder.
inline std::string tar_entry(const std::string& name, const std::string& content, char type = '0')
{
  const std::string header =
      padded(padded(padded(name, 124) + fmt::format("{:011o}", content.size()), 156) + type, 257) +
      std::string("ustar\0", 6) + "00";
  return padded(header, 512) + padded(content, (content.size() + 511) / 512 * 512);
}

// Behind the last file.
inline std::string tar_end()
{
  return std::string(1024, '\0');
}

}  // namespace cm::tests

// The files inside a tar archive (POSIX ustar, as GNU tar writes it), plain or gzip.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::workloads {

struct TarEntry {
  std::string name;  // with its folders
  std::string content;
};

// Whether a file that begins so is such an archive; 512 bytes decide.
bool begins_like_tar(std::string_view beginning);

// Regular files, in the archive's order. Throws ConfigError when the archive cannot be read, is cut off, or comes to
// more than `limit` bytes.
std::vector<TarEntry> read_tar(const std::string& path, std::size_t limit);

}  // namespace cm::workloads

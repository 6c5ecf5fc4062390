// The files inside a tar archive (POSIX ustar, as GNU tar writes it), plain or gzip, one after the other.
#pragma once

#include "workloads/traces/regular_file.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace cm::workloads {

// Whether a file that begins so is such an archive; 512 bytes decide.
bool begins_like_tar(std::string_view beginning);

struct TarEntry {
  std::string name;  // with its folders
  std::string content;
};

class TarFile {
 public:
  // `limit`: bytes of one file and, four times as many, of the whole archive when it is unpacked.
  TarFile(const std::string& path, std::size_t limit) : file_(path), path_(path), limit_(limit) {}

  // The next regular file; false at the end. Throws ConfigError with the place when the archive cannot be read, is cut
  // off, or comes to more than the limits.
  bool next(TarEntry& entry);

 private:
  [[noreturn]] void refuse(const std::string& what) const;

  RegularFile file_;
  std::string path_;
  std::size_t limit_;
  std::size_t at_ = 0;  // bytes of the unpacked archive
};

}  // namespace cm::workloads

// A file of bytes or of lines, plain or gzip, whichever it is: what it begins with decides, not its name.
#pragma once

#include "sim/config/value.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cm::workloads {

// A file that is packed may come to a thousand times its size, and one that somebody made to do harm has no line ends.
// The longest prompt that a request can have makes a line of 2 MB in blocks of 512 tokens, a week of a large provider's
// requests 2 GB.
inline constexpr std::size_t LongestLine = std::size_t{16} << 20U;
inline constexpr std::size_t MostUnpacked = std::size_t{8} << 30U;
inline constexpr int MostEmptyLines = 1'000'000;  // one behind the other

class RegularFile {
 public:
  // Throws ConfigError with the place unless it is a regular file that can be opened.
  explicit RegularFile(const std::string& path);

  // The first bytes of the file, at most `count` and at most 64 KiB. Only before anything else was read.
  std::string_view beginning(std::size_t count);

  // The next line without its end ("\n" or "\r\n") and without a byte-order mark; false at the end of the file. Throws
  // ConfigError with the place when a byte cannot be read or unpacked, and beyond the limits above.
  bool next_line(std::string& line);

  // The next `count` bytes, fewer at the end of the file. Throws as next_line() does.
  std::string take(std::size_t count);

  // All that is left. Throws as next_line() does, and when it is more than `limit` bytes.
  std::string rest(std::size_t limit);

  // Position of a column, counted from 1, in the line that next_line() gave last; in line 1 for an empty file.
  [[nodiscard]] sim::config::Position position(int column = 1) const { return {path_, line_ > 0 ? line_ : 1, column}; }

 private:
  struct Close {
    void operator()(void* file) const;
  };

  // Reads ahead; false at the end of the file.
  bool fill();
  [[noreturn]] void refuse(const std::string& what) const;

  std::string path_;
  std::unique_ptr<void, Close> file_;  // zlib's handle
  std::vector<char> buffer_;
  std::string_view ahead_;  // of the buffer: what was read and not handed out
  int line_ = 0;
  int empty_lines_ = 0;       // the last ones
  std::size_t unpacked_ = 0;  // bytes so far
};

// The whole of a file, plain or gzip. Throws as RegularFile does.
std::string read_input(const std::string& path, std::size_t limit);

}  // namespace cm::workloads

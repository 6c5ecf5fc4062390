// A file of bytes or of lines, plain or gzip, whichever it is: what it begins with decides, not its name.
#pragma once

#include "sim/config/value.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cm::workloads {

class InputFile {
 public:
  // Throws ConfigError ("path: reason") when it cannot be opened.
  explicit InputFile(const std::string& path);

  // The next line without its end ("\n" or "\r\n") and without a byte-order mark; false at the end of the file. Throws
  // ConfigError when a byte cannot be read or unpacked.
  bool next_line(std::string& line);

  // All that is left. Throws as next_line() does, and when it is more than `limit` bytes.
  std::string rest(std::size_t limit);

  // Of a column, counted from 1, in the line that next_line() gave last; of an empty file line 1.
  [[nodiscard]] sim::config::Position position(int column = 1) const { return {path_, line_ > 0 ? line_ : 1, column}; }

 private:
  struct Close {
    void operator()(void* file) const;
  };

  // Reads ahead; false at the end of the file.
  bool fill();

  std::string path_;
  std::unique_ptr<void, Close> file_;  // zlib's handle
  std::vector<char> buffer_;
  std::string_view ahead_;  // of the buffer: what was read and not handed out
  int line_ = 0;
};

// The whole of a file, plain or gzip. Throws as InputFile does.
std::string read_input(const std::string& path, std::size_t limit);

}  // namespace cm::workloads

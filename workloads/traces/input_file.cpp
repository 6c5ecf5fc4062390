// zlib reads plain files as they are, through the same calls as gzip files.
#include "workloads/traces/input_file.h"

#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <zlib.h>

namespace cm::workloads {
namespace {

constexpr std::size_t BufferBytes = 1U << 16U;
// Of UTF-8; some programs write it before the first line.
constexpr std::string_view ByteOrderMark = "\xef\xbb\xbf";

gzFile handle(void* file)
{
  return static_cast<gzFile>(file);
}

std::string reason(gzFile file)
{
  int code = Z_OK;
  const char* const text = gzerror(file, &code);
  if (code == Z_ERRNO)
    return std::strerror(errno);
  return code == Z_BUF_ERROR ? "the compressed data end too early" : text;
}

}  // namespace

void InputFile::Close::operator()(void* file) const
{
  gzclose_r(handle(file));
}

InputFile::InputFile(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")), buffer_(BufferBytes)
{
  if (!file_)
    throw ConfigError(fmt::format("{}: expected a readable file: {}", path, std::strerror(errno)));
}

bool InputFile::fill()
{
  const int read = gzread(handle(file_.get()), buffer_.data(), static_cast<unsigned>(buffer_.size()));
  int code = Z_OK;
  gzerror(handle(file_.get()), &code);
  // A file that was cut off gives its bytes, with the error already; it is told behind the last of them.
  if (read < 0 || (read == 0 && code == Z_BUF_ERROR))
    throw ConfigError(
        fmt::format("{}: cannot be read: {}", line_ > 0 ? to_text(position()) : path_, reason(handle(file_.get()))));
  ahead_ = std::string_view(buffer_.data(), static_cast<std::size_t>(read));
  return read > 0;
}

bool InputFile::next_line(std::string& line)
{
  line.clear();
  ++line_;
  if (ahead_.empty() && !fill()) {
    --line_;
    return false;
  }
  if (line_ == 1 && ahead_.starts_with(ByteOrderMark))
    ahead_.remove_prefix(ByteOrderMark.size());
  for (;;) {
    const std::size_t end = ahead_.find('\n');
    line += ahead_.substr(0, end);
    if (end != std::string_view::npos) {
      ahead_.remove_prefix(end + 1);
      break;
    }
    if (!fill())
      break;
  }
  if (line.ends_with('\r'))
    line.pop_back();
  return true;
}

std::string InputFile::rest(std::size_t limit)
{
  std::string all;
  while (!ahead_.empty() || fill()) {
    all += ahead_;
    ahead_ = {};
    if (all.size() > limit)
      throw ConfigError(fmt::format("{}: expected at most {} bytes, found more", path_, limit));
  }
  return all;
}

std::string read_input(const std::string& path, std::size_t limit)
{
  return InputFile(path).rest(limit);
}

}  // namespace cm::workloads

// zlib reads plain files as they are, through the same calls as gzip files.
#include "workloads/traces/regular_file.h"

#include "sim/config/input_file.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <zlib.h>

namespace cm::workloads {
namespace {

constexpr std::size_t BufferBytes = 1U << 16U;
// Byte order mark of UTF-8; some programs write it before the first line.
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

void RegularFile::Close::operator()(void* file) const
{
  gzclose_r(handle(file));
}

RegularFile::RegularFile(const std::string& path) : path_(path), buffer_(BufferBytes)
{
  sim::config::require_regular_file(path);
  file_.reset(gzopen(path.c_str(), "rb"));
  if (!file_)
    refuse(fmt::format("expected a readable file, cannot open it ({})", std::strerror(errno)));
}

void RegularFile::refuse(const std::string& what) const
{
  throw ConfigError(fmt::format("{}: {}", to_text(position()), what));
}

bool RegularFile::fill()
{
  const int read = gzread(handle(file_.get()), buffer_.data(), static_cast<unsigned>(buffer_.size()));
  int code = Z_OK;
  gzerror(handle(file_.get()), &code);
  // A file that was cut off gives its bytes, with the error already; it is told behind the last of them.
  if (read < 0 || (read == 0 && code == Z_BUF_ERROR))
    refuse(fmt::format("cannot be read: {}", reason(handle(file_.get()))));
  ahead_ = std::string_view(buffer_.data(), static_cast<std::size_t>(read));
  unpacked_ += ahead_.size();
  if (unpacked_ > MostUnpacked)
    refuse(fmt::format("expected at most {} in all, found more", sim::config::byte_count_text(MostUnpacked)));
  return read > 0;
}

std::string_view RegularFile::beginning(std::size_t count)
{
  if (ahead_.empty())
    fill();
  return ahead_.substr(0, count);
}

bool RegularFile::next_line(std::string& line)
{
  line.clear();
  if (ahead_.empty() && !fill())
    return false;
  ++line_;
  if (line_ == 1 && ahead_.starts_with(ByteOrderMark))
    ahead_.remove_prefix(ByteOrderMark.size());
  for (;;) {
    const std::size_t end = ahead_.find('\n');
    line += ahead_.substr(0, end);
    if (line.size() > LongestLine)
      refuse(
          fmt::format("expected a line of at most {}, found a longer one", sim::config::byte_count_text(LongestLine)));
    if (end != std::string_view::npos) {
      ahead_.remove_prefix(end + 1);
      break;
    }
    if (!fill())
      break;
  }
  if (line.ends_with('\r'))
    line.pop_back();
  empty_lines_ = line.empty() ? empty_lines_ + 1 : 0;
  if (empty_lines_ > MostEmptyLines)
    refuse(fmt::format("expected text, found {} empty lines", empty_lines_));
  return true;
}

std::string RegularFile::take(std::size_t count)
{
  std::string taken;
  while (taken.size() < count && (!ahead_.empty() || fill())) {
    const std::string_view part = ahead_.substr(0, count - taken.size());
    taken += part;
    ahead_.remove_prefix(part.size());
  }
  return taken;
}

std::string RegularFile::rest(std::size_t limit)
{
  std::string all = take(limit);
  if (!ahead_.empty() || fill())
    refuse(fmt::format("expected at most {}, found more", sim::config::byte_count_text(limit)));
  return all;
}

std::string read_input(const std::string& path, std::size_t limit)
{
  return RegularFile(path).rest(limit);
}

}  // namespace cm::workloads

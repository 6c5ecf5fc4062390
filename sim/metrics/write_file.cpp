#include "sim/metrics/write_file.h"

#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace cm::sim::metrics {
namespace {

constexpr int MostAttempts = 100;
constexpr std::string_view PartialMark = ".partial-";

[[noreturn]] void fail(const std::string& path, int error)
{
  throw ConfigError(fmt::format("{}: cannot write: {}", path, std::generic_category().message(error)));
}

// A new file beside the target; gone again unless it took the target's place.
class PartialFile {
 public:
  explicit PartialFile(const std::string& target) : target_(target)
  {
    // Not mkstemp: it makes files that only their owner can read.
    for (int attempt = 0; descriptor_ < 0 && attempt < MostAttempts; ++attempt) {
      name_ = fmt::format("{}-{}", partial_name(target), attempt);
      descriptor_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (descriptor_ < 0 && errno != EEXIST)
        break;
    }
    if (descriptor_ < 0)
      fail(target, errno);
  }

  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  ~PartialFile()
  {
    if (descriptor_ >= 0)
      ::close(descriptor_);
    if (!is_placed_)
      ::unlink(name_.c_str());
  }

  void write(std::string_view content)
  {
    while (!content.empty()) {
      const ssize_t written = ::write(descriptor_, content.data(), content.size());
      if (written >= 0)
        content.remove_prefix(static_cast<std::size_t>(written));
      else if (errno != EINTR)
        fail(target_, errno);
    }
  }

  void place()
  {
    // Some file systems report a full disk only here.
    const bool is_synced = ::fsync(descriptor_) == 0;
    const int sync_error = errno;
    const int descriptor = descriptor_;
    descriptor_ = -1;
    if (::close(descriptor) != 0)
      fail(target_, errno);
    if (!is_synced)
      fail(target_, sync_error);
    if (std::rename(name_.c_str(), target_.c_str()) != 0)
      fail(target_, errno);
    is_placed_ = true;
  }

 private:
  const std::string& target_;  // borrowed from the one call that this object lives in
  std::string name_;
  int descriptor_ = -1;
  bool is_placed_ = false;
};

}  // namespace

void write_whole(const std::string& path, const std::string& content)
{
  PartialFile file(path);
  file.write(content);
  file.place();
}

std::string partial_name(std::string_view target)
{
  return fmt::format("{}{}{}", target, PartialMark, ::getpid());
}

bool is_partial(std::string_view name)
{
  return name.find(PartialMark) != std::string_view::npos;
}

bool is_left_behind(std::string_view name)
{
  const std::size_t mark = name.rfind(PartialMark);
  if (mark == std::string_view::npos)
    return false;
  const char* const begin = name.data() + mark + PartialMark.size();
  pid_t process = 0;
  const auto [end, error] = std::from_chars(begin, name.data() + name.size(), process);
  return error == std::errc() && process > 0 && ::kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace cm::sim::metrics

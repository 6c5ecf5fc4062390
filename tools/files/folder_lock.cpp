#include "tools/files/folder_lock.h"

#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cm::tools {
namespace {

// A holder that ends removes the file once; on some file systems a name never shows the file that was opened by it.
constexpr int MostTries = 100;

std::string owner(std::string_view work)
{
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{} is writing there (process {} on {})", work, ::getpid(), host.data());
}

std::string content_of(int descriptor)
{
  std::array<char, 512> text{};
  const ssize_t count = ::pread(descriptor, text.data(), text.size() - 1, 0);
  return count > 0 ? std::string(text.data()) : "process is writing there";
}

// Whether the file still has its name: its last holder may have removed it between our opening and our locking it.
bool has_name(int descriptor, const std::string& path)
{
  struct stat open{};
  struct stat named{};
  return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
         open.st_dev == named.st_dev;
}

bool is_held_by_another(int descriptor)
{
  return ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

int locked(const std::string& folder, const std::string& path)
{
  for (int tries = 0; tries < MostTries; ++tries) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
      throw ConfigError(fmt::format("--out {}: cannot write: {}", folder, std::generic_category().message(errno)));
    if (is_held_by_another(descriptor)) {
      const std::string holder = content_of(descriptor);
      ::close(descriptor);
      throw ConfigError(fmt::format("--out {}: another {}; wait for it or choose another folder", folder, holder));
    }
    if (has_name(descriptor, path))
      return descriptor;
    ::close(descriptor);
  }
  throw ConfigError(fmt::format("--out {}: cannot lock: the file {} keeps changing", folder, FolderLock::FileName));
}

}  // namespace

FolderLock::FolderLock(const std::string& folder, std::string_view work)
    : path_(folder + "/" + FileName), descriptor_(locked(folder, path_))
{
  const std::string text = owner(work);
  const bool is_noted = ::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, text.data(), text.size(), 0) > 0;
  static_cast<void>(is_noted);  // the note is a courtesy, the lock is what counts
}

void FolderLock::remove_file() const
{
  ::unlink(path_.c_str());
}

FolderLock::~FolderLock()
{
  ::close(descriptor_);
}

}  // namespace cm::tools

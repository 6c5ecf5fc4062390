// One process at a time writes to a folder.
#pragma once

#include <string>
#include <string_view>

namespace cm::tools {

// Held until the object or its process ends, however that ends. File systems that have no locks (some cluster ones)
// exclude nobody.
class FolderLock {
 public:
  // `work`: what the holder does, "run" or "sweep". Throws ConfigError that says who holds the lock.
  FolderLock(const std::string& folder, std::string_view work);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

  // Before the lock is let go. Who opened the file before sees that it went, and takes the next one.
  void remove_file() const;

  [[nodiscard]] const std::string& path() const { return path_; }

  static constexpr const char* FileName = ".lock";

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace cm::tools

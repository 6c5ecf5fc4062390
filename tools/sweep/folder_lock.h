// Two sweeps never write to one folder.
#pragma once

#include <string>

namespace cm::tools {

// Held until the object or its process ends, however that ends.
class FolderLock {
 public:
  // Throws ConfigError that says who holds the lock.
  explicit FolderLock(const std::string& folder);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

  // For a folder that is about to go. Who opened the file before sees that it went, and takes the next one.
  void remove_file() const;

  static constexpr const char* FileName = ".lock";

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace cm::tools

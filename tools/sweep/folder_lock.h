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

  // Of the lock's file. It stays in the folder: removing it would let two sweeps lock two files of one name.
  static constexpr const char* FileName = ".lock";

 private:
  int descriptor_ = -1;
};

}  // namespace cm::tools

// A folder that one process fills, from before its work until its files are there.
#pragma once

#include "tools/files/folder_lock.h"

#include <memory>
#include <string>
#include <string_view>

namespace cm::tools {

class FolderTraces;

class HeldFolder {
 public:
  // Creates the folder with its parents if need be and locks it. Throws ConfigError when it cannot be created or
  // written, and when another process holds it.
  HeldFolder(const std::string& path, std::string_view work);
  HeldFolder(const HeldFolder&) = delete;
  HeldFolder& operator=(const HeldFolder&) = delete;
  // The file of the lock goes. Without a call of keep() the folders that it created go too, as far as they are empty;
  // Ctrl-C and other signals that end the process before leave as little behind.
  ~HeldFolder();

  void keep();

 private:
  std::unique_ptr<FolderTraces> traces_;
  FolderLock lock_;
};

}  // namespace cm::tools

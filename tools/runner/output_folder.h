// The folder of `--out`: checked before the run, filled whole after it.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace cm::tools {

class OutputFolder {
 public:
  // Throws ConfigError unless `path` can be created with its parents, or is a folder that can be written and is empty
  // or holds an earlier result of ours. Creates nothing.
  explicit OutputFolder(const std::string& path);

  struct File {
    std::string name;
    std::string content;
  };
  // Puts the files there: a new folder appears with all of them or not at all, in an old one each is replaced whole and
  // what is not ours stays. Throws ConfigError when the system refuses, and leaves nothing behind then. Returns their
  // paths.
  [[nodiscard]] std::vector<std::string> write(const std::vector<File>& files) const;

 private:
  void write_new(const std::vector<File>& files) const;

  std::filesystem::path path_;
};

}  // namespace cm::tools

// The folder of `--out`: taken before the run, filled whole after it. Only one process at a time has it.
//
// Files are staged in DIR/.partial-PID, and one rename, to DIR/.complete, decides that they are the result. They then
// take their places: the file that marks a result goes first and comes last, so that no reader finds it
// beside files of another run. What a killed run left before the rename is removed by the next one, what it left
// behind the rename is put in place by it.
#pragma once

#include "tools/files/held_folder.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// The file that marks a folder as that of one kind of result.
enum class ResultMark { Result, Comparison, Sensitivity, Validation };

class OutputFolder {
 public:
  // Takes the folder for `work` ("run", "comparison"), which creates it with its parents; they go again with this
  // object unless something was written. Throws ConfigError when it cannot be created or written, holds anything but an
  // earlier result of the same kind or finished runs of one, or another process has it.
  OutputFolder(const std::string& path, std::string_view work, ResultMark mark = ResultMark::Result);

  [[nodiscard]] std::string path() const { return path_.string(); }

  struct File {
    std::string name;
    std::string content;
  };
  // Puts the files there, all of them or none, in place of those of an earlier result, and lets go of the folder; what
  // is not ours stays. Throws ConfigError when the system refuses, and leaves all as it was then. Returns their paths.
  std::vector<std::string> write(const std::vector<File>& files);

 private:
  std::filesystem::path path_;
  std::optional<HeldFolder> held_;
};

// Whether a name in the folder of a result is that of work in progress or of its leavings: never a result.
bool is_unfinished(std::string_view name);

}  // namespace cm::tools

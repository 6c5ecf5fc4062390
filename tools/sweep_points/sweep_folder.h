// The folder of a sweep:
//   sweep.json        which sweep, as its file was read, how many points, which program
//   points/*.json     a file a point, written whole
//   results.csv       all points that are through, written whole again and again
//   run.log           times and host of the last call
//   slurm/            what was handed to Slurm
#pragma once

#include "tools/files/held_folder.h"
#include "tools/sweep_plan/sweep_plan.h"
#include "tools/sweep_points/point_record.h"

#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

class SweepFolder {
 public:
  // Folder at a path that may not exist yet. Touches nothing.
  explicit SweepFolder(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] std::string point_path(const std::string& name) const { return file("points/" + name); }

  // Writes whole. Throws ConfigError.
  void write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};

struct SweepIdentity {
  std::string sweep;    // path of its file
  std::string program;  // digest of the program that runs it
};

// Points of earlier calls that a call of the program found.
struct EarlierPoints {
  std::vector<std::optional<PointRecord>> records;  // by index of the plan; finished ones only
  std::size_t outdated = 0;                         // files of points that changed since
  bool is_other_program = false;
};

// A folder that is ours until the object goes.
class OpenedFolder {
 public:
  // Creates the folder if need be. Throws ConfigError when it holds something else, cannot be written, another sweep is
  // at work there, it holds an unfinished sweep and `is_resumed` is false, or `is_resumed` is true and its points had
  // other settings of the command line than `sets`.
  OpenedFolder(const SweepFolder& folder, bool is_resumed, const std::vector<std::string>& sets = {});
  OpenedFolder(const OpenedFolder&) = delete;
  OpenedFolder& operator=(const OpenedFolder&) = delete;
  // Without a call of keep(), nothing is left that was not there before.
  ~OpenedFolder() = default;

  // Keeps the files of points that are finished and unchanged, under their numbers in the plan, and removes the others
  // and what killed processes left half-written. Without `is_resumed` it removes all of them.
  EarlierPoints keep(const SweepPlan& plan, const SweepIdentity& identity);

 private:
  const SweepFolder& folder_;  // borrowed; outlives this
  bool is_resumed_;
  HeldFolder held_;
};

// Digest of this program's own file.
std::string program_digest();

}  // namespace cm::tools

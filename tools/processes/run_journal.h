// Finished runs of a command that makes many: kept in its folder until all are there, so that nothing that was measured
// is lost and the same command goes on where it was stopped.
//
// A run is known by all that its result depends on: the program, the resolved configuration with its seed, and the
// contents of the files that it reads. So a run is taken from there only when it would give the same again.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace cm::tools {

struct ChildRun;

class RunJournal {
 public:
  static constexpr std::string_view FileName = "finished-runs.jsonl";

  // Keeps the runs of a folder; reads what an earlier call left there. A last line that is cut off is no run.
  explicit RunJournal(const std::string& folder);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::size_t size() const { return runs_.size(); }
  // Runs of an earlier call that were found there and used since; runs that this call repeats do not count.
  [[nodiscard]] std::size_t reused() const { return reused_; }

  // Name of a run; empty when its scenario is wrong, which the run itself tells best.
  [[nodiscard]] std::string name_of(const ChildRun& run) const;

  // Output of the run, as far as it is kept.
  std::optional<std::string> find(const std::string& name);

  // Kept without series and tables, which only pages show. Written at once; throws ConfigError
  // when the system refuses. A run without a name is not kept.
  void add(const std::string& name, const std::string& output);

  // The whole file, to be put beside a result that is partial.
  [[nodiscard]] std::string text() const;

  void remove() const;

 private:
  std::string path_;
  std::map<std::string, std::string> runs_;  // name -> result
  std::set<std::string> own_;                // names of those that this object has added
  std::size_t reused_ = 0;
  bool is_written_ = false;  // by this object: the file holds these runs and nothing else
  std::string program_;      // digest
};

}  // namespace cm::tools

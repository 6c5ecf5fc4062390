// Problems of a file. For a file that is wrong throughout, the first problems say enough.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace cm::workloads {

class ProblemList {
 public:
  // `path`: the file, which messages name. Borrowed; outlives this.
  explicit ProblemList(const std::string& path) : path_(path) {}

  void add(std::string problem)
  {
    if (++count_ <= Most)
      problems_.push_back(std::move(problem));
  }

  [[nodiscard]] bool empty() const { return count_ == 0; }

  [[nodiscard]] std::vector<std::string> all() const
  {
    std::vector<std::string> told = problems_;
    if (count_ > Most)
      told.push_back(fmt::format("{}:1:1: and {} more problems of this file", path_, count_ - Most));
    return told;
  }

 private:
  static constexpr std::size_t Most = 10;

  const std::string& path_;
  std::vector<std::string> problems_;
  std::size_t count_ = 0;
};

}  // namespace cm::workloads

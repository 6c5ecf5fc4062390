// Accesses under way, by the tag that tells whose end the runner reports. Tags of ended ones are used again, so they
// stay as few as there were accesses at a time.
#pragma once

#include "models/memory/memory_tier.h"

#include <cstdint>
#include <vector>

namespace cm::workloads {

struct RunningAccess {
  std::uint32_t die = 0;
  std::uint64_t block = 0;
  models::Tier tier = models::Tier::Hbm;
  bool is_copy = false;
  bool is_write = false;
};

class RunningAccesses {
 public:
  [[nodiscard]] bool empty() const { return accesses_.size() == free_.size(); }

  // The tag of an access that begins.
  std::uint64_t begin(const RunningAccess& access)
  {
    if (free_.empty()) {
      accesses_.push_back(access);
      return accesses_.size() - 1;
    }
    const std::uint64_t tag = free_.back();
    free_.pop_back();
    accesses_[tag] = access;
    return tag;
  }

  // The access of a tag, which has ended.
  RunningAccess end(std::uint64_t tag)
  {
    free_.push_back(tag);
    return accesses_[tag];
  }

 private:
  std::vector<RunningAccess> accesses_;  // [tag]
  std::vector<std::uint64_t> free_;      // tags
};

}  // namespace cm::workloads

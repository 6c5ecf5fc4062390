// Small configurations in a folder of their own: one machine with one part, one model, and scenarios that use them.
#pragma once

#include "tests/unit/sim/temporary_folder.h"
#include "tools/scenario/scenario.h"

#include <string>
#include <vector>

namespace cm::tests {

inline void put(const TemporaryFolder& folder, const std::string& name, const std::string& content)
{
  static_cast<void>(folder.with(name, content));
}

class ConfigFolder {
 public:
  ConfigFolder()
  {
    put(folder_, "configs/machines/small.yaml", "name: small\nnodes: 2\nub: {part: lanes, width: 3}\n");
    put(folder_, "configs/parts/lanes.yaml",
        "rate: {value: 28 GB/s, evidence: published, source: \"a paper\"}\nwidth: {value: 7, assumed: \"why\"}\n");
    put(folder_, "configs/models/tiny.yaml", "name: tiny\nlayers: 2\n");
    scenario("machine: small\nmodel: tiny\nworkload: {kind: p2p}\n");
  }

  void scenario(const std::string& text) const { put(folder_, "s.yaml", text); }

  [[nodiscard]] tools::ScenarioRequest request(const std::vector<std::string>& sets = {}) const
  {
    return {.path = folder_.file("s.yaml"), .sets = sets, .seed = {}, .config_root = folder_.file("configs")};
  }

  [[nodiscard]] tools::ResolvedScenario load(const std::vector<std::string>& sets = {}) const
  {
    return load_scenario(request(sets));
  }

  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

}  // namespace cm::tests

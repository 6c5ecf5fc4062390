// A fabric from the text of its keys.
#pragma once

#include "topology/fabrics/fabric_kind.h"

#include <string>
#include <string_view>

namespace cm::tests {

struct FabricText {
  sim::config::ReadingLog log{};
  topology::FabricPlan plan{};

  [[nodiscard]] std::string problem() const { return log.problems.empty() ? "" : log.problems.front(); }
};

// Unknown keys are problems.
inline FabricText read_fabric_text(const topology::FabricKind& kind, const topology::FabricSite& site,
                                   std::string_view keys)
{
  FabricText text;
  const sim::config::Value map = sim::config::parse_text("fabric.yaml", std::string(keys));
  sim::config::Reader reader(map, "machine.ub", text.log);
  text.plan = kind.read(reader, site);
  reader.finish();
  return text;
}

}  // namespace cm::tests

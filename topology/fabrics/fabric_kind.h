// Kinds of fabrics as rows: a machine file names one, and brings the numbers that its reader asks for.
//
// To add one: its source, a row in fabric_kinds.h, the line in CMakeLists.txt, a test, and a line in
// docs/how-to/describe-a-fabric.md. The laws of tests/property/fabric_kinds_test.cpp hold every row to its samples.
#pragma once

#include "sim/config/reader.h"
#include "topology/fabrics/fabric_plan.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace cm::topology {

// A small fabric of a kind, for the laws that all kinds keep.
struct FabricSample {
  std::string_view name;
  FabricSite site;
  std::string_view keys;  // as in a file
};

struct FabricKind {
  std::string_view name;
  std::string_view sentence;
  // Reads the kind's keys of a fabric, checks them against the devices' ports, and plans it. Incomplete when something
  // is wrong, which has been told then. finish() is the caller's.
  FabricPlan (*read)(sim::config::Reader& fabric, const FabricSite& site);
  std::span<const FabricSample> samples;
};

[[nodiscard]] std::span<const FabricKind> fabric_kinds();

// Reads the key `kind`.
const FabricKind& read_kind(sim::config::Reader& fabric);
[[nodiscard]] bool is_clos(const FabricKind& kind);
[[nodiscard]] bool is_clos(const FabricPlan& plan);
// Whether the key names the Clos, or is missing; complains of nothing.
[[nodiscard]] bool names_clos(sim::config::Reader& fabric);

// Reads whether the fabric joins the nodes, and then its own keys. Not for a Clos, which has other ways to say so.
FabricPlan read_fabric(sim::config::Reader& fabric, const FabricKind& kind, const FabricSite& site);

}  // namespace cm::topology

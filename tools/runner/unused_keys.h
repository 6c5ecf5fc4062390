// Keys that were set on top of a scenario (overrides, a sweep's settings, --set) and that its run does not use. A file
// may hold more than one run needs; who sets a key for this run expects an effect. The rule is in docs/reference.md.
#pragma once

#include "tools/runner/key_note.h"
#include "tools/scenario/scenario.h"
#include "tools/workload_kinds/workload_table.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// "machine.ub.mtu" of "machine.fabrics.scale_up.mtu": a network listed by its role has the keys of its plane. Other
// paths are left as they are.
std::string plane_key(const std::string& path);

// Whether runs of the kind use a key of machine or model, by its full path. `fabric`: where the keys of the packet
// plane stand.
bool uses(const WorkloadKind& kind, std::string_view path, std::string_view fabric);

// A key that the scenario's run does not use, and why; empty when it uses it.
std::optional<sim::config::UnusedKey> unused_key(const std::string& path, const ResolvedScenario& scenario,
                                                 const WorkloadKind& kind, const PreparedWorkload& workload,
                                                 const models::MachineSpec& machine);

// To be called when everything has been read. Keys of the workload become problems of the scenario's log; the others,
// and what a grid of settings may hold, are returned as notes, each once, in the order in which they were set.
std::vector<KeyNote> check_unused_keys(ResolvedScenario& scenario, const WorkloadKind& kind,
                                       const PreparedWorkload& workload, const models::MachineSpec& machine);

}  // namespace cm::tools

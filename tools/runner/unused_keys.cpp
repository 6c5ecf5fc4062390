#include "tools/runner/unused_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace cm::tools {
namespace {

using sim::config::UnusedKey;

constexpr std::string_view MachineSection = "machine";
constexpr std::string_view ModelSection = "model";
constexpr std::string_view WorkloadSection = "workload";
constexpr std::string_view FabricSection = "fabric";
constexpr std::string_view ScaleUp = "machine.ub";
constexpr std::string_view ScaleOut = "machine.rdma.fabric";

bool is_at_or_below(std::string_view path, std::string_view section)
{
  return path == section || !path_below(path, section).empty();
}

// Machine keys of runs that send packets between dies; "fabric" is the packet plane.
constexpr std::string_view PacketKeys = "name packet_plane nodes node.npus node.dies_per_npu fabric";

// `section` as in the table of workloads.
std::string full_path(std::string_view section, std::string_view fabric)
{
  if (is_at_or_below(section, ModelSection))
    return std::string(section);
  return section == FabricSection ? std::string(fabric) : fmt::format("{}.{}", MachineSection, section);
}

bool is_among(std::string_view path, std::string_view sections, std::string_view fabric)
{
  while (!sections.empty()) {
    const std::string_view section = sections.substr(0, sections.find(' '));
    sections.remove_prefix(std::min(sections.size(), section.size() + 1));
    if (is_at_or_below(path, full_path(section, fabric)))
      return true;
  }
  return false;
}

// The packet plane that is not simulated.
std::optional<UnusedKey> idle_plane(const models::MachineSpec& machine)
{
  if (machine.packet_plane == models::PacketPlane::Both)
    return std::nullopt;
  const bool is_scale_up = machine.packet_plane == models::PacketPlane::ScaleUp;
  return UnusedKey{std::string(is_scale_up ? ScaleOut : ScaleUp),
                   fmt::format("the packets of {} are simulated, as machine.packet_plane: {} says", machine.ub.section,
                               is_scale_up ? "ub" : "rdma")};
}

// Policies that the workload chooses for itself.
std::optional<UnusedKey> replaced_policy(const std::string& path, const ResolvedScenario& scenario,
                                         const models::MachineSpec& machine)
{
  for (const char* policy : {"sub_plane_choice", "l2_choice"})
    if (path == machine.ub.key(policy) && scenario.workload && scenario.workload->find(policy) != nullptr)
      return UnusedKey{path, fmt::format("{}.{} takes its place", WorkloadSection, policy)};
  return std::nullopt;
}

}  // namespace

std::string plane_key(const std::string& path)
{
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> Roles{
      {{"machine.fabrics.scale_up", ScaleUp},
       {"machine.fabrics.scale_out", "machine.rdma"},
       {"machine.fabrics.front", "machine.vpc"}}};
  for (const auto& [role, plane] : Roles)
    if (is_at_or_below(path, role))
      return std::string(plane) + path.substr(role.size());
  return path;
}

bool uses(const WorkloadKind& kind, std::string_view path, std::string_view fabric)
{
  const std::string plain = plane_key(std::string(path));
  return is_among(plain, kind.uses, fabric) || (kind.sends_packets && is_among(plain, PacketKeys, fabric));
}

std::optional<UnusedKey> unused_key(const std::string& path, const ResolvedScenario& scenario, const WorkloadKind& kind,
                                    const PreparedWorkload& workload, const models::MachineSpec& machine)
{
  const auto stated = std::ranges::find_if(
      workload.unused, [&](const UnusedKey& key) { return is_at_or_below(plane_key(path), plane_key(key.path)); });
  if (stated != workload.unused.end())
    return *stated;
  if (path_below(path, MachineSection).empty() && path_below(path, ModelSection).empty())
    return std::nullopt;
  if (const auto idle = idle_plane(machine); idle && is_at_or_below(plane_key(path), idle->path))
    return idle;
  if (auto replaced = replaced_policy(path, scenario, machine))
    return replaced;
  if (uses(kind, path, plane_key(machine.ub.section)) || (machine.scale_out && uses(kind, path, ScaleOut)))
    return std::nullopt;
  return UnusedKey{path, fmt::format("a run of {} does not use it", kind.name)};
}

std::vector<KeyNote> check_unused_keys(ResolvedScenario& scenario, const WorkloadKind& kind,
                                       const PreparedWorkload& workload, const models::MachineSpec& machine)
{
  std::vector<KeyNote> notes;
  if (scenario.names_model && !kind.needs_model)
    notes.push_back({std::string(ModelSection),
                     fmt::format("{} has no effect here: a run of {} uses no model", ModelSection, kind.name)});
  const auto check = [&](const Change& change) {
    const auto found = unused_key(change.path, scenario, kind, workload, machine);
    if (!found)
      return;
    const std::string text = fmt::format("has no effect here: {}", found->reason);
    if (is_at_or_below(change.path, WorkloadSection) && !found->may_be_set) {
      add_problem(scenario.log, change.key_position, change.path, text);
      ++scenario.log.conflicts;
    } else if (std::string note = fmt::format("{} {}", change.path, text);
               std::ranges::find(notes, note, &KeyNote::text) == notes.end()) {
      notes.push_back({change.path, std::move(note)});
    }
  };
  for (const std::vector<Change>* set_on_top : {&scenario.overrides, &scenario.changes, &scenario.sets})
    for (const Change& change : *set_on_top)
      for (const Change& leaf : leaves_of(change))
        check(leaf);
  return notes;
}

}  // namespace cm::tools

#include "tools/scenario/machine_file.h"

#include "sim/config/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace cm::tools {
namespace {

using sim::config::Reader;
using sim::config::ReadingLog;
using sim::config::Value;

// More is a machine that is based on itself.
constexpr int LongestChain = 16;

// A machine of its own, and what the files based on it change, the innermost file first.
struct BasedMachine {
  Value tree;
  std::vector<Change> overrides;
  std::optional<Value> name;  // of the outermost file
};

// The keys of a file that has a base.
struct Derivation {
  const Value* name = nullptr;
  const Value* base = nullptr;
};

Derivation read_derivation(const Value& tree, std::vector<Change>& overrides, ReadingLog& log)
{
  Reader reader(tree, "machine", log);
  Derivation derivation;
  std::string description;
  derivation.name = reader.value({"name", "name of the machine in results"}, true);
  derivation.base = reader.value({"base", "the machine that this one differs from: a name or a path"}, true);
  reader.optional({"description", "purpose of the machine"}, description);
  const Value* map = reader.value({"overrides", "keys of the base that are different here"}, true);
  if (map != nullptr && map->kind != Value::Kind::Map)
    reader.complain("overrides", fmt::format("expected a map of keys, found {}", found_text(*map)));
  else if (map != nullptr)
    overrides = changes_of_machine(*map, log);
  reader.finish();
  return derivation;
}

std::optional<BasedMachine> load_with_bases(ConfigFiles& files, const Value& reference, ReadingLog& log)
{
  BasedMachine machine;
  Value next = reference;
  for (int length = 0; length < LongestChain; ++length) {
    auto tree = files.load("machines", next, length == 0 ? "machine" : "machine.base");
    if (!tree)
      return std::nullopt;
    if (tree->find("base") == nullptr) {
      machine.tree = std::move(*tree);
      return machine;
    }
    std::vector<Change> overrides;
    const Derivation derivation = read_derivation(*tree, overrides, log);
    if (derivation.name != nullptr && !machine.name)
      machine.name = *derivation.name;
    machine.overrides.insert(machine.overrides.begin(), overrides.begin(), overrides.end());
    next = *derivation.base;
  }
  add_problem(
      log, next.position, "machine.base",
      fmt::format("expected a machine that is based on another one, found {} steps without an end", LongestChain));
  return std::nullopt;
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
bool names_part(const Value& value)
{
  return value.find("part") != nullptr ||
         std::ranges::any_of(value.entries, [](const Value::Entry& entry) { return names_part(entry.value); });
}

bool is_about_parts(const Change& change)
{
  return change.path.ends_with(".part") || (replaces_section(change) && names_part(change.value));
}

}  // namespace

void apply_all(Value& tree, std::string_view section, const std::vector<Change>& changes, Which which)
{
  for (const Change& change : changes) {
    const std::string_view path = path_below(change.path, section);
    if (path.empty() || is_about_parts(change) != (which == Which::Parts))
      continue;
    if (path.ends_with(".part"))
      apply(tree, path, change);
    else
      apply_as_assumed(tree, path, change);
  }
}

std::optional<Value> load_machine(ConfigFiles& files, const Value& reference, const std::vector<Change>& changes,
                                  ReadingLog& log)
{
  auto machine = load_with_bases(files, reference, log);
  if (!machine)
    return std::nullopt;
  if (machine->name)
    apply(machine->tree, "name", {"machine.name", machine->name->position, *machine->name});
  std::vector<Change> all = std::move(machine->overrides);
  all.insert(all.end(), changes.begin(), changes.end());
  drop_replaced(all);
  apply_all(machine->tree, "machine", all, Which::Parts);
  const bool has_parts = files.insert_parts(machine->tree, "machine");
  apply_all(machine->tree, "machine", all, Which::AllButParts);
  if (!has_parts)
    return std::nullopt;
  return std::move(machine->tree);
}

}  // namespace cm::tools

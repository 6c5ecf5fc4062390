#include "tools/runner/cell_folder.h"

#include "sim/config/digest.h"
#include "tools/files/file_digest.h"
#include "tools/shipped/version.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <system_error>

namespace cm::tools {
namespace {

using sim::config::Value;

// The program reads its own file: a version's number outlives many changes of the program.
constexpr const char* OwnFile = "/proc/self/exe";
// Keys of the workload that make a cell.
constexpr std::array<const char*, 3> CellKeys{"prefill", "decode", "cell_layers"};

// A path says nothing of what the file holds. Any text may be a path, beside the file that it stands in.
// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
void add_named_files(const Value& value, std::string& text)
{
  for (const Value::Entry& entry : value.entries)
    add_named_files(entry.value, text);
  for (const Value& item : value.items)
    add_named_files(item, text);
  if (value.kind != Value::Kind::Scalar || value.text.empty())
    return;
  const auto file = std::filesystem::path(value.position.file).parent_path() / value.text;
  std::error_code error;
  if (std::filesystem::is_regular_file(file, error))
    text += file_digest(file.string()) + ";";
}

}  // namespace

std::string cell_folder(const ResolvedScenario& scenario, const std::string& root)
{
  if (root.empty() || !scenario.workload)
    return {};
  std::string text = fmt::format("{};{};seed:{};", version(), file_digest(OwnFile), scenario.seed);
  for (const auto* tree : {&scenario.machine, &scenario.model})
    if (*tree) {
      text += canonical_text(without_evidence(**tree)) + ";";
      add_named_files(**tree, text);
    }
  for (const char* key : CellKeys)
    if (const Value* part = scenario.workload->find(key)) {
      text += fmt::format("{}:{};", key, canonical_text(*part));
      add_named_files(*part, text);
    }
  return (std::filesystem::path(root) / "cells" / sim::config::digest(text)).string();
}

}  // namespace cm::tools

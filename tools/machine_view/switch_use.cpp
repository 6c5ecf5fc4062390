#include "tools/machine_view/switch_use.h"

#include "tools/files/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <system_error>

namespace cm::tools {
namespace {

using Grid = std::vector<std::vector<double>>;

struct Extent {
  std::size_t lanes = 0;
  std::size_t chips = 0;
};

Grid read_grid(const JsonFile& file, const std::string& chip, const Extent& extent)
{
  const JsonFile::Keys keys{"chips", chip, "busy"};
  Grid grid;
  for (const JsonFile::Json& row : file.list(keys)) {
    std::vector<double>& values = grid.emplace_back();
    for (const JsonFile::Json& value : row)
      values.push_back(value.is_number() ? value.get<double>() : 0);
  }
  const bool fits = grid.size() == extent.lanes &&
                    std::ranges::all_of(grid, [&](const auto& row) { return row.size() == extent.chips; });
  if (!fits)
    file.complain(keys, fmt::format("{} sub-planes of {} chips, as this machine has", extent.lanes, extent.chips));
  return grid;
}

// Part of the sentence behind the colon; results of earlier versions have none.
std::string words_on(const JsonFile& file, const std::string& chip)
{
  const JsonFile::Keys keys{"chips", chip, "sentence"};
  const std::string sentence = file.has(keys) ? file.text(keys) : "";
  const std::size_t colon = sentence.find(": ");
  return colon == std::string::npos ? "" : sentence.substr(colon + 2);
}

}  // namespace

SwitchUse read_switch_use(const std::string& path, const topology::SupernodeSpec& machine, sim::config::ReadingLog& log)
{
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  const JsonFile file(is_folder ? path + "/result.json" : path, log);
  if (!file.root().is_object())
    return {};
  if (!file.has({"chips"})) {
    file.complain({"chips"}, "a run that sent packets over the UB plane");
    return {};
  }
  SwitchUse use{read_grid(file, "L1", {machine.lanes(), machine.nodes}),
                read_grid(file, "L2", {machine.lanes(), machine.spines()})};
  for (const char* const chip : {"L1", "L2"})
    if (std::string words = words_on(file, chip); !words.empty())
      use.words.push_back(fmt::format("{}: {}", chip, words));
  return use;
}

}  // namespace cm::tools

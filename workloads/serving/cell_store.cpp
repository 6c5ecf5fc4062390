#include "workloads/serving/cell_store.h"

#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace cm::workloads {

std::string CellStore::path(const std::string& table, const CellTable::Point& point) const
{
  std::string name = table;
  for (const double coordinate : point)
    name += fmt::format("_{}", coordinate);
  return (std::filesystem::path(folder_) / name).string();
}

std::optional<double> CellStore::find(const std::string& table, const CellTable::Point& point) const
{
  if (folder_.empty())
    return std::nullopt;
  std::ifstream file(path(table, point));
  std::string line;
  // The shortest text that gives the same number again. A file without its last byte was cut off.
  if (!std::getline(file, line) || file.eof())
    return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (error != std::errc() || end != line.data() + line.size() || !std::isfinite(value) || value <= 0)
    return std::nullopt;
  return value;
}

void CellStore::keep(const std::string& table, const CellTable::Point& point, double value) const
{
  if (folder_.empty())
    return;
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error)
    return;
  try {
    sim::metrics::write_whole(path(table, point), fmt::format("{}\n", value));
  } catch (const ConfigError&) {
    return;  // A full disk, or a folder of somebody else's.
  }
}

CellTable::Ask CellStore::before(std::string table, CellTable::Ask ask) const
{
  return [this, table = std::move(table), ask = std::move(ask)](const CellTable::Point& point) {
    if (const auto known = find(table, point))
      return *known;
    const double value = ask(point);
    keep(table, point, value);
    return value;
  };
}

}  // namespace cm::workloads

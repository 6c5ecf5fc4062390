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

std::optional<Cell> CellStore::find(const std::string& table, const CellTable::Point& point) const
{
  if (folder_.empty())
    return std::nullopt;
  std::ifstream file(path(table, point));
  std::string line;
  // The shortest texts that give the same numbers again. A file without its last byte was cut off.
  if (!std::getline(file, line) || file.eof())
    return std::nullopt;
  Cell cell;
  const char* const end = line.data() + line.size();
  const auto time = std::from_chars(line.data(), end, cell.seconds);
  if (time.ec != std::errc() || time.ptr == end || *time.ptr != ' ')
    return std::nullopt;
  const auto sent = std::from_chars(time.ptr + 1, end, cell.sent);
  if (sent.ec != std::errc() || sent.ptr != end || !std::isfinite(cell.seconds) || cell.seconds <= 0 ||
      !std::isfinite(cell.sent) || cell.sent < 0)
    return std::nullopt;
  return cell;
}

void CellStore::keep(const std::string& table, const CellTable::Point& point, const Cell& cell) const
{
  if (folder_.empty())
    return;
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error)
    return;
  try {
    sim::metrics::write_whole(path(table, point), fmt::format("{} {}\n", cell.seconds, cell.sent));
  } catch (const ConfigError&) {
    return;  // A full disk, or a folder of somebody else's.
  }
}

CellTable::Ask CellStore::before(std::string table, CellTable::Ask ask) const
{
  return [this, table = std::move(table), ask = std::move(ask)](const CellTable::Point& point) {
    if (const auto known = find(table, point))
      return *known;
    const Cell cell = ask(point);
    keep(table, point, cell);
    return cell;
  };
}

}  // namespace cm::workloads

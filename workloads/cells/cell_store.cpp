#include "workloads/cells/cell_store.h"

#include "sim/config/digest.h"
#include "sim/config/input_file.h"
#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>

namespace cm::workloads {
namespace {

constexpr std::size_t MostBytes = 200;  // of a file; a cell needs 80

// The shortest texts that give the same numbers again, and the digest.
std::string text_of(const std::string& path, const Cell& cell)
{
  const std::string numbers = fmt::format("{} {}", cell.seconds, cell.sent);
  const std::string name = std::filesystem::path(path).filename().string();
  return fmt::format("{} {}\n", numbers, sim::config::digest(name + " " + numbers));
}

// Empty when no two numbers stand in front.
std::optional<Cell> cell_in(const std::string& text)
{
  Cell cell;
  const char* const end = text.data() + text.size();
  const auto time = std::from_chars(text.data(), end, cell.seconds);
  if (time.ec != std::errc() || time.ptr == end || *time.ptr != ' ')
    return std::nullopt;
  const auto sent = std::from_chars(time.ptr + 1, end, cell.sent);
  return sent.ec == std::errc() ? std::optional(cell) : std::nullopt;
}

bool is_good(const Cell& cell)
{
  return std::isfinite(cell.seconds) && cell.seconds > 0 && std::isfinite(cell.sent) && cell.sent >= 0;
}

}  // namespace

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
  const std::string file = path(table, point);
  std::string text;
  try {
    text = sim::config::file_content(file, MostBytes);
  } catch (const ConfigError&) {
    return std::nullopt;  // Not there, or something else of that name.
  }
  const std::optional<Cell> cell = cell_in(text);
  return cell && is_good(*cell) && text == text_of(file, *cell) ? cell : std::nullopt;
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
    const std::string file = path(table, point);
    sim::metrics::write_whole(file, text_of(file, cell));
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

// Cells that earlier runs simulated, on disk, a small file each. The folder stands for everything that a cell's time
// depends on, configuration and program; so what is found there is what would be simulated again, to the last bit.
// Processes share a folder: files appear whole, and equal ones replace each other. Each file ends in a digest of its
// name and its numbers; a cell whose digest does not fit is simulated again and its file replaced.
#pragma once

#include "workloads/cells/cell_table.h"

#include <optional>
#include <string>

namespace cm::workloads {

class CellStore {
 public:
  // The folder is created with the first cell. Empty: nothing is kept.
  explicit CellStore(std::string folder) : folder_(std::move(folder)) {}

  // Empty when the cell is not there or its file is damaged.
  [[nodiscard]] std::optional<Cell> find(const std::string& table, const CellTable::Point& point) const;
  // Where nothing can be written nothing is kept: results are the same without.
  void keep(const std::string& table, const CellTable::Point& point, const Cell& cell) const;

  // Asks the store first. The store is borrowed.
  [[nodiscard]] CellTable::Ask before(std::string table, CellTable::Ask ask) const;

 private:
  [[nodiscard]] std::string path(const std::string& table, const CellTable::Point& point) const;

  std::string folder_;
};

}  // namespace cm::workloads

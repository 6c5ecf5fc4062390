#include "workloads/traces/dialects/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

namespace cm::workloads {
namespace {

constexpr std::size_t NoColumn = static_cast<std::size_t>(-1);
// More than any table of requests has.
constexpr std::size_t MostCells = 1000;

struct Cell {
  std::string_view text;  // in the line, or in `own` when quotes inside it were doubled
  std::size_t begin = 0;  // in the line
  std::string own{};
};

std::string_view without_blanks(std::string_view text)
{
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

// The cell in quotes that begins at `at`; moves `at` to the quote that ends it.
void read_quoted(std::string_view line, std::size_t& at, Cell& cell)
{
  const std::size_t first = ++at;
  for (; at < line.size(); ++at) {
    if (line[at] != '"')
      continue;
    if (at + 1 == line.size() || line[at + 1] != '"')
      break;
    ++at;
  }
  cell.text = line.substr(first, at - first);
  if (cell.text.find('"') == std::string_view::npos)
    return;
  for (std::size_t i = 0; i < cell.text.size(); ++i) {
    cell.own += cell.text[i];
    if (cell.text[i] == '"')
      ++i;
  }
  cell.text = {};
}

// Cell that begins at `start`; moves `start` behind its comma, or behind the line.
void read_cell(std::string_view line, std::size_t& start, Cell& cell)
{
  std::size_t at = start;
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t'))
    ++at;
  cell.begin = at;
  cell.own.clear();
  if (at < line.size() && line[at] == '"') {
    read_quoted(line, at, cell);
    start = std::min(line.find(',', std::min(at + 1, line.size())), line.size()) + 1;
    return;
  }
  const std::size_t end = std::min(line.find(',', start), line.size());
  cell.text = without_blanks(line.substr(start, end - start));
  start = end + 1;
}

// Into `cells`, which keeps its memory; how many there are.
std::size_t read_cells(std::string_view line, std::vector<Cell>& cells)
{
  std::size_t count = 0;
  for (std::size_t start = 0; start <= line.size() && count <= MostCells; ++count) {
    if (count == cells.size())
      cells.emplace_back();
    read_cell(line, start, cells[count]);
  }
  return count;
}

std::string_view text_of(const Cell& cell)
{
  return cell.own.empty() ? cell.text : cell.own;
}

template <typename Number>
bool is_number(std::string_view text, Number& value)
{
  const auto outcome = std::from_chars(text.data(), text.data() + text.size(), value);
  return outcome.ec == std::errc() && outcome.ptr == text.data() + text.size();
}

// "[1, 2, 3]", "1 2 3", "1;2;3".
FieldValue ids_of(std::string_view text)
{
  constexpr std::string_view Between = " \t,;[]'\"";
  FieldValue value{.kind = FieldValue::Kind::Ids};
  for (std::size_t at = text.find_first_not_of(Between); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(Between, at), text.size());
    const std::string_view id = text.substr(at, end - at);
    std::uint64_t number = 0;
    std::int64_t signed_number = 0;
    if (is_number(id, number))
      value.ids.push_back(number);
    else if (is_number(id, signed_number))
      value.ids.push_back(static_cast<std::uint64_t>(signed_number));
    else
      value.ids.push_back(id_of_text(id));
    at = text.find_first_not_of(Between, end);
  }
  return value;
}

void read_value(std::string_view text, bool is_ids, FieldValue& value)
{
  using Kind = FieldValue::Kind;
  value.text.clear();
  if (text.empty()) {
    value.kind = Kind::Null;
  } else if (is_ids) {
    value = ids_of(text);
  } else if (is_number(text, value.integer)) {
    value.kind = Kind::Integer;
    value.number = static_cast<double>(value.integer);
  } else {
    // No date is a number, and trying takes time.
    const bool may_be = text.size() < 5 || text[4] != '-';
    value.kind = may_be && is_number(text, value.number) ? Kind::Number : Kind::Text;
    value.text = text;
  }
}

class CsvRowParser final : public LineParser {
 public:
  CsvRowParser(const TraceColumns& columns, const std::vector<std::string>& header) : cells_(header.size())
  {
    for (std::size_t field = 0; field < TraceFields; ++field) {
      const auto found = std::ranges::find(header, columns[field]);
      places_[field] =
          columns[field].empty() || found == header.end() ? NoColumn : static_cast<std::size_t>(found - header.begin());
    }
  }

  std::optional<Damage> read(std::string_view line, LineFields& fields) const override
  {
    const std::size_t count = read_cells(line, row_);
    if (count != cells_)
      return Damage{fmt::format("expected {} cells, found {}{}", cells_, count > MostCells ? "more than " : "",
                                std::min(count, MostCells))};
    for (std::size_t field = 0; field < TraceFields; ++field)
      if (places_[field] == NoColumn)
        fields.values[field].kind = FieldValue::Kind::Missing;
      else
        read_value(text_of(row_[places_[field]]), field == static_cast<std::size_t>(TraceField::Blocks),
                   fields.values[field]);
    return std::nullopt;
  }

  [[nodiscard]] int column_of(std::string_view line, TraceField field) const override
  {
    const std::size_t place = places_[static_cast<std::size_t>(field)];
    if (place == 0)
      return 1;
    std::vector<Cell> cells;
    return place < read_cells(line, cells) ? static_cast<int>(std::min(cells[place].begin, line.size() - 1)) + 1 : 1;
  }

 private:
  std::size_t cells_;
  std::array<std::size_t, TraceFields> places_{};
  mutable std::vector<Cell> row_;  // of the line that is read
};

}  // namespace

std::vector<std::string> csv_cells(std::string_view line)
{
  std::vector<Cell> cells;
  const std::size_t count = read_cells(line, cells);
  std::vector<std::string> texts;
  for (const Cell& cell : std::span(cells).first(count))
    texts.emplace_back(text_of(cell));
  return texts;
}

std::unique_ptr<LineParser> csv_row_parser(const TraceColumns& columns, const std::vector<std::string>& header)
{
  return std::make_unique<CsvRowParser>(columns, header);
}

}  // namespace cm::workloads

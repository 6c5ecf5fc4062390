#include "workloads/traces/dialects/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace cm::workloads {
namespace {

constexpr std::size_t NoColumn = static_cast<std::size_t>(-1);
// More than any table of requests has.
constexpr std::size_t MostCells = 1000;

struct Cell {
  std::string text;
  std::size_t begin = 0;  // in the line
};

std::string_view without_blanks(std::string_view text)
{
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Cell that begins at `start`; moves `start` behind its comma, or behind the line.
Cell next_cell(std::string_view line, std::size_t& start)
{
  Cell cell{.text = {}, .begin = std::min(line.find_first_not_of(" \t", start), line.size())};
  std::size_t at = cell.begin;
  if (at == line.size() || line[at] != '"') {
    cell.begin = std::min(cell.begin, line.size());
    const std::size_t end = std::min(line.find(',', start), line.size());
    cell.text = without_blanks(line.substr(start, end - start));
    start = end + 1;
    return cell;
  }
  for (++at; at < line.size(); ++at) {
    if (line[at] == '"' && (at + 1 == line.size() || line[at + 1] != '"'))
      break;
    if (line[at] == '"')
      ++at;
    cell.text += line[at];
  }
  start = std::min(line.find(',', std::min(at + 1, line.size())), line.size()) + 1;
  return cell;
}

std::vector<Cell> cells_of(std::string_view line)
{
  std::vector<Cell> cells;
  for (std::size_t start = 0; start <= line.size() && cells.size() <= MostCells;)
    cells.push_back(next_cell(line, start));
  return cells;
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

FieldValue value_of(const std::string& text, bool is_ids)
{
  using Kind = FieldValue::Kind;
  if (text.empty())
    return {.kind = Kind::Null};
  if (is_ids)
    return ids_of(text);
  FieldValue value;
  if (is_number(text, value.integer)) {
    value.kind = Kind::Integer;
    value.number = static_cast<double>(value.integer);
  } else if (is_number(text, value.number)) {
    value.kind = Kind::Number;
    value.text = text;
  } else {
    value.kind = Kind::Text;
    value.text = text;
  }
  return value;
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
    const std::vector<Cell> cells = cells_of(line);
    if (cells.size() != cells_)
      return Damage{fmt::format("expected {} cells, found {}{}", cells_, cells.size() > MostCells ? "more than " : "",
                                std::min(cells.size(), MostCells))};
    for (std::size_t field = 0; field < TraceFields; ++field)
      fields.values[field] =
          places_[field] == NoColumn
              ? FieldValue{}
              : value_of(cells[places_[field]].text, field == static_cast<std::size_t>(TraceField::Blocks));
    return std::nullopt;
  }

  [[nodiscard]] int column_of(std::string_view line, TraceField field) const override
  {
    const std::size_t place = places_[static_cast<std::size_t>(field)];
    const std::vector<Cell> cells = cells_of(line);
    return place < cells.size() ? static_cast<int>(std::min(cells[place].begin, line.size() - 1)) + 1 : 1;
  }

 private:
  std::size_t cells_;
  std::array<std::size_t, TraceFields> places_{};
};

}  // namespace

std::vector<std::string> csv_cells(std::string_view line)
{
  std::vector<std::string> texts;
  for (Cell& cell : cells_of(line))
    texts.push_back(std::move(cell.text));
  return texts;
}

std::unique_ptr<LineParser> csv_row_parser(const TraceColumns& columns, const std::vector<std::string>& header)
{
  return std::make_unique<CsvRowParser>(columns, header);
}

}  // namespace cm::workloads

// The NumPy format, version 1 to 3: "\x93NUMPY", two bytes of version, the header's length (2 bytes, later 4), a header
// like {'descr': '<i4', 'fortran_order': False, 'shape': (32, 58, 256), }, then the numbers.
#include "workloads/traces/placement_file.h"

#include "sim/diagnostics/errors.h"
#include "sim/diagnostics/printable.h"
#include "workloads/traces/expert_map_file.h"
#include "workloads/traces/problem_list.h"
#include "workloads/traces/regular_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <string_view>
#include <tuple>
#include <utility>

namespace cm::workloads {
namespace {

static_assert(std::endian::native == std::endian::little, "the numbers of the files are little-endian");

constexpr std::string_view Magic = "\x93NUMPY";
constexpr std::size_t MostHeaderBytes = 65536;
constexpr std::size_t ByteLimit = 1'000'000'000;
constexpr std::size_t RankLimit = 65536;
constexpr std::size_t LayerLimit = 1000;
constexpr std::size_t ExpertLimit = 65536;
constexpr std::array<std::pair<std::string_view, std::size_t>, 7> NumberBytes{
    {{"<i4", 4}, {"<i8", 8}, {"<i2", 2}, {"<u4", 4}, {"|i1", 1}, {"|u1", 1}, {"|b1", 1}}};

struct Array {
  std::size_t number_bytes = 0;
  std::array<std::size_t, 3> shape{};  // rank, layer, expert
  std::string numbers;

  [[nodiscard]] std::int64_t at(std::size_t index) const
  {
    std::int64_t value = 0;
    std::memcpy(&value, numbers.data() + index * number_bytes, number_bytes);
    return value;
  }
};

std::string shown(const std::string& header)
{
  constexpr std::size_t Most = 120;
  return printable_on_one_line(header.substr(0, Most)) + (header.size() > Most ? "..." : "");
}

// Text that follows `key` in the header, up to where the next key starts.
std::string_view value_of(std::string_view header, std::string_view key)
{
  const std::size_t at = header.find(key);
  return at == std::string_view::npos ? std::string_view() : header.substr(at + key.size());
}

// Three numbers of "(32, 58, 256)".
bool read_shape(std::string_view text, std::array<std::size_t, 3>& shape)
{
  std::size_t at = text.find('(');
  for (std::size_t& extent : shape) {
    at = at == std::string_view::npos ? at : text.find_first_not_of("( ,", at);
    if (at == std::string_view::npos)
      return false;
    const auto outcome = std::from_chars(text.data() + at, text.data() + text.size(), extent);
    if (outcome.ec != std::errc() || extent == 0)
      return false;
    at = static_cast<std::size_t>(outcome.ptr - text.data());
  }
  const std::size_t end = text.find_first_not_of(", ", at);
  return end != std::string_view::npos && text[end] == ')';
}

[[noreturn]] void refuse(const std::string& path, std::size_t byte, const std::string& what)
{
  throw ConfigError(fmt::format("{}:1:1: byte {}: {}", path, byte, what));
}

// The text between magic and numbers.
std::string header_of(const std::string& path, RegularFile& file, std::size_t& start)
{
  const std::string begin = file.take(10);
  if (!begin.starts_with(Magic) || begin.size() < 10)
    refuse(path, 0, "expected a NumPy file (.npy) or an expert map ({\"layer_list\": ...}), found neither");
  const std::size_t length_bytes = begin[6] == 1 ? 2 : 4;
  const std::string lengths = begin.substr(8) + file.take(length_bytes - 2);
  std::uint32_t length = 0;
  std::memcpy(&length, lengths.data(), std::min(lengths.size(), length_bytes));
  start = 8 + length_bytes + length;
  if (length > MostHeaderBytes)
    refuse(path, 8, fmt::format("expected at most {} bytes of header, found {}", MostHeaderBytes, length));
  std::string header = file.take(length);
  if (header.size() != length)
    refuse(path, 8, fmt::format("expected {} bytes of header, found the end of the file", length));
  return header;
}

// Bytes of the numbers. Extents are divided, not multiplied: their product may be more than 64 bits hold.
std::size_t bytes_of(const std::string& path, const Array& array)
{
  std::size_t room = ByteLimit / array.number_bytes;
  for (const std::size_t extent : array.shape)
    room /= extent;
  if (room == 0)
    refuse(path, 8,
           fmt::format("expected at most {} bytes of numbers, found the shape ({}, {}, {})", ByteLimit, array.shape[0],
                       array.shape[1], array.shape[2]));
  for (const auto& [name, extent, most] :
       {std::tuple{"ranks", array.shape[0], RankLimit}, std::tuple{"layers", array.shape[1], LayerLimit},
        std::tuple{"experts", array.shape[2], ExpertLimit}})
    if (extent > most)
      refuse(path, 8, fmt::format("expected at most {} {}, found {}", most, name, extent));
  return array.shape[0] * array.shape[1] * array.shape[2] * array.number_bytes;
}

// Throws ConfigError with what is wrong with the header. Reads no more numbers than it tells of.
Array array_of(const std::string& path)
{
  RegularFile file(path);
  std::size_t start = 0;
  const std::string header = header_of(path, file, start);
  Array array;
  const std::string_view type = value_of(header, "'descr': '");
  for (const auto& [name, size] : NumberBytes)
    if (type.starts_with(name))
      array.number_bytes = size;
  if (array.number_bytes == 0)
    refuse(path, 8, fmt::format("expected integers such as '<i4', found {}", shown(header)));
  if (!value_of(header, "'fortran_order': ").starts_with("False"))
    refuse(path, 8, fmt::format("expected 'fortran_order': False, found {}", shown(header)));
  if (!read_shape(value_of(header, "'shape': "), array.shape))
    refuse(path, 8, fmt::format("expected the shape (ranks, layers, experts), found {}", shown(header)));
  const std::size_t expected = bytes_of(path, array);
  array.numbers = file.take(expected + 1);
  if (array.numbers.size() > expected)
    refuse(path, start, fmt::format("expected {} bytes behind the header, found more", expected));
  if (array.numbers.size() < expected)
    refuse(path, start, fmt::format("expected {} bytes behind the header, found {}", expected, array.numbers.size()));
  return array;
}

models::PlacementTable table_of(const Array& array, const std::string& path, ProblemList& problems)
{
  models::PlacementTable table;
  table.ranks = static_cast<std::uint32_t>(array.shape[0]);
  table.layers = static_cast<std::uint32_t>(array.shape[1]);
  table.experts = static_cast<std::uint32_t>(array.shape[2]);
  const std::size_t of_rank = static_cast<std::size_t>(table.layers) * table.experts;
  table.ranks_of.resize(of_rank);
  for (std::uint32_t rank = 0; rank < table.ranks; ++rank)
    for (std::size_t place = 0; place < of_rank; ++place) {
      const std::int64_t value = array.at(rank * of_rank + place);
      if (value == 1)
        table.ranks_of[place].push_back(rank);
      else if (value != 0)
        problems.add(fmt::format("{}:1:1: rank {}, layer {}, expert {}: expected 0 or 1, found {}", path, rank,
                                 place / table.experts, place % table.experts, value));
    }
  return table;
}

void check_layer(const models::PlacementTable& table, std::uint32_t layer, const std::string& path,
                 ProblemList& problems)
{
  std::vector<std::uint32_t> held(table.ranks);
  for (std::uint32_t expert = 0; expert < table.experts; ++expert) {
    if (table.holders(layer, expert).empty())
      problems.add(fmt::format("{}:1:1: layer {}: expected expert {} on at least one rank, found it on none", path,
                               layer, expert));
    for (const std::uint32_t rank : table.holders(layer, expert))
      ++held[rank];
  }
  for (std::uint32_t rank = 1; rank < table.ranks; ++rank)
    if (held[rank] != held[0]) {
      problems.add(fmt::format("{}:1:1: layer {}: expected as many experts on every rank, found {} on rank 0 and {} on "
                               "rank {}",
                               path, layer, held[0], held[rank], rank));
      return;
    }
}

}  // namespace

ReadOrProblems<models::PlacementTable> read_placement(const std::string& path)
{
  ProblemList problems(path);
  try {
    models::PlacementTable table =
        begins_like_json_object(path) ? read_expert_map(path, problems) : table_of(array_of(path), path, problems);
    for (std::uint32_t layer = 0; problems.empty() && layer < table.layers; ++layer)
      check_layer(table, layer, path, problems);
    if (problems.empty())
      return table;
  } catch (const ConfigError& error) {
    problems.add(error.what());
  }
  return problems.all();
}

}  // namespace cm::workloads

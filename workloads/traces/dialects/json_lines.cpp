#include "workloads/traces/dialects/json_lines.h"

#include "sim/config/json_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <span>
#include <utility>

namespace cm::workloads {
namespace {

using Json = nlohmann::json;
using Path = std::vector<std::string>;

Path path_of(const std::string& name)
{
  Path path;
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('.', start), name.size());
    path.push_back(name.substr(start, end - start));
    start = end + 1;
  }
  return path;
}

FieldValue ids_of(const Json& list)
{
  FieldValue value{.kind = FieldValue::Kind::Ids};
  value.ids.reserve(list.size());
  for (const Json& id : list) {
    if (id.is_number_unsigned())
      value.ids.push_back(id.get<std::uint64_t>());
    else if (id.is_number_integer())
      value.ids.push_back(static_cast<std::uint64_t>(id.get<std::int64_t>()));
    else if (id.is_string())
      value.ids.push_back(id_of_text(id.get_ref<const std::string&>()));
    else
      return {.kind = FieldValue::Kind::BadIds, .text = id.dump()};
  }
  return value;
}

FieldValue value_of(const Json& json)
{
  using Kind = FieldValue::Kind;
  if (json.is_null())
    return {.kind = Kind::Null};
  if (json.is_string())
    return {.kind = Kind::Text, .text = json.get<std::string>()};
  if (json.is_number_integer() &&
      (!json.is_number_unsigned() || std::in_range<std::int64_t>(json.get<std::uint64_t>())))
    return {.kind = Kind::Integer, .integer = json.get<std::int64_t>(), .number = json.get<double>()};
  if (json.is_number())
    return {.kind = Kind::Number, .number = json.get<double>(), .text = json.dump()};
  if (json.is_array())
    return ids_of(json);
  return {.kind = Kind::Other, .text = json.dump()};
}

class JsonLineParser final : public LineParser {
 public:
  explicit JsonLineParser(const TraceColumns& columns) : columns_(columns)
  {
    for (std::size_t field = 0; field < TraceFields; ++field)
      if (!columns[field].empty())
        paths_[field] = path_of(columns[field]);
  }

  std::optional<Damage> read(std::string_view line, LineFields& fields) const override
  {
    if (const auto problem = sim::config::json_problem(line))
      return Damage{problem->what, problem->place.column};
    const Json object = Json::parse(line, nullptr, false);
    if (!object.is_object())
      return Damage{"expected an object {...} a line"};
    for (std::size_t field = 0; field < TraceFields; ++field) {
      const Json* found = columns_[field].empty() ? nullptr : find(object, field);
      fields.values[field] = found != nullptr ? value_of(*found) : FieldValue{};
    }
    return std::nullopt;
  }

  [[nodiscard]] int column_of(std::string_view line, TraceField field) const override
  {
    const auto place = static_cast<std::size_t>(field);
    const Path& path = paths_[place];
    if (path.size() == 1)
      return column_behind(line, path.front());
    return has(line, path) ? sim::config::json_place(line, path).column : column_behind(line, columns_[place]);
  }

 private:
  [[nodiscard]] const Json* find(const Json& object, std::size_t field) const
  {
    if (const auto whole = object.find(columns_[field]); whole != object.end())
      return &*whole;
    return paths_[field].size() < 2 ? nullptr : find(object, paths_[field]);
  }

  static const Json* find(const Json& object, const Path& path)
  {
    const Json* inner = &object;
    for (const std::string& key : path) {
      if (!inner->is_object())
        return nullptr;
      const auto found = inner->find(key);
      if (found == inner->end())
        return nullptr;
      inner = &*found;
    }
    return inner;
  }

  // Column of the value of a key of the outer object; 1 when there is no such key.
  static int column_behind(std::string_view line, const std::string& key)
  {
    const std::size_t name = line.rfind(fmt::format("\"{}\"", key));
    const std::size_t colon = name == std::string_view::npos ? name : line.find(':', name);
    const std::size_t value = colon == std::string_view::npos ? colon : line.find_first_not_of(" \t", colon + 1);
    return value == std::string_view::npos ? 1 : static_cast<int>(value) + 1;
  }

  static bool has(std::string_view line, const Path& path)
  {
    return !path.empty() && find(Json::parse(line, nullptr, false), path) != nullptr;
  }

  TraceColumns columns_;
  std::array<Path, TraceFields> paths_;
};

void add_names(const Json& object, const std::string& before, int levels, std::vector<std::string>& names)
{
  for (const auto& [key, value] : object.items()) {
    names.push_back(before + key);
    if (value.is_object() && levels > 1)
      add_names(value, names.back() + ".", levels - 1, names);
  }
}

}  // namespace

std::unique_ptr<LineParser> json_line_parser(const TraceColumns& columns)
{
  return std::make_unique<JsonLineParser>(columns);
}

std::vector<std::string> json_names(std::string_view line)
{
  constexpr int Levels = 4;
  std::vector<std::string> names;
  if (!sim::config::json_problem(line))
    if (const Json object = Json::parse(line, nullptr, false); object.is_object())
      add_names(object, "", Levels, names);
  return names;
}

}  // namespace cm::workloads

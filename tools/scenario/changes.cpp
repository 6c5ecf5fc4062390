#include "tools/scenario/changes.h"

#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace cm::tools {
namespace {

using sim::config::add_problem;
using sim::config::Position;
using sim::config::ReadingLog;
using sim::config::Value;

bool is_number_with_evidence(const Value& value)
{
  return value.kind == Value::Kind::Map && value.find("value") != nullptr;
}

Value empty(Value::Kind kind, const Position& position)
{
  Value value;
  value.kind = kind;
  value.position = position;
  return value;
}

bool is_key_path(std::string_view text)
{
  return !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos;
}

void refuse_path(const std::string& path, const Position& key_position, ReadingLog& log)
{
  add_problem(log, key_position, "", fmt::format("expected a path like workload.ep, found \"{}\"", path));
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
void collect(std::vector<Change>& changes, const std::string& path, const Position& key_position, const Value& value,
             ReadingLog& log)
{
  if (!is_key_path(path))
    return refuse_path(path, key_position, log);
  if (value.kind != Value::Kind::Map || is_number_with_evidence(value)) {
    changes.push_back({path, key_position, value});
    return;
  }
  if (value.entries.empty())
    add_problem(log, value.position, path, "expected keys, found an empty map");
  for (const Value::Entry& entry : value.entries)
    collect(changes, fmt::format("{}.{}", path, entry.key), entry.key_position, entry.value, log);
}

void refuse_twins(const std::vector<Change>& changes, ReadingLog& log)
{
  std::vector<const Change*> sorted;
  sorted.reserve(changes.size());
  for (const Change& change : changes)
    sorted.push_back(&change);
  std::ranges::stable_sort(sorted, {}, &Change::path);
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i]->path == sorted[i - 1]->path)
      add_problem(
          log, sorted[i]->key_position, sorted[i]->path,
          fmt::format("expected each key once, found it again (first at {})", to_text(sorted[i - 1]->key_position)));
}

// A value that is set whole. Keys of a map may be dotted in it too.
void collect_value(std::vector<Change>& changes, const std::string& path, const Position& key_position,
                   const Value& value, ReadingLog& log)
{
  if (value.kind != Value::Kind::Map || is_number_with_evidence(value))
    return collect(changes, path, key_position, value, log);
  if (!is_key_path(path))
    return refuse_path(path, key_position, log);
  std::vector<Change> keys;
  for (const Value::Entry& entry : value.entries)
    collect(keys, fmt::format("{}.{}", path, entry.key), entry.key_position, entry.value, log);
  refuse_twins(keys, log);
  Value map = empty(Value::Kind::Map, value.position);
  for (const Change& key : keys)
    apply(map, path_below(key.path, path), key);
  changes.push_back({path, key_position, std::move(map)});
}

// "key+=map", whose first "=" stands there.
bool is_addition(std::string_view setting, std::size_t equals)
{
  return equals != std::string_view::npos && equals > 0 && setting[equals - 1] == '+';
}

// The bracket or brace that a value opens and does not close; empty when there is none. Only a value that begins with
// one has brackets with a meaning.
std::optional<char> unclosed(std::string_view value)
{
  std::string open;
  char quote = 0;
  if (const std::size_t first = value.find_first_not_of(' ');
      first == std::string_view::npos || (value[first] != '[' && value[first] != '{'))
    return std::nullopt;
  for (const char letter : value) {
    if (quote != 0)
      quote = letter == quote ? '\0' : quote;
    else if (letter == '"' || letter == '\'')
      quote = letter;
    else if (letter == '[' || letter == '{')
      open.push_back(letter);
    else if ((letter == ']' || letter == '}') && !open.empty())
      open.pop_back();
  }
  return open.empty() ? std::nullopt : std::optional(open.back());
}

// False when the value ends inside a bracket, which is reported: its reader would complain of what is left of it.
bool is_closed(std::string_view value, const std::string& key, const Position& position, ReadingLog& log)
{
  const auto open = unclosed(value);
  if (open)
    add_problem(log, position, key,
                fmt::format("expected a \"{}\" that closes the \"{}\", found the end of \"{}\"",
                            *open == '[' ? ']' : '}', *open, value));
  return !open;
}

void take_setting(std::vector<Change>& changes, const std::string& key, bool adds, const Position& key_position,
                  const Value& value, ReadingLog& log)
{
  if (adds && (value.kind != Value::Kind::Map || is_number_with_evidence(value)))
    add_problem(log, value.position, key,
                fmt::format("expected a map after +=, whose keys are added, found {}", found_text(value)));
  else if (adds)
    collect(changes, key, key_position, value, log);
  else
    collect_value(changes, key, key_position, value, log);
}

Value& place_of(Value& root, std::string_view path, const Position& key_position)
{
  Value* place = &root;
  for (bool is_last = false; !is_last;) {
    const std::string_view step = path.substr(0, path.find('.'));
    is_last = step.size() == path.size();
    path.remove_prefix(is_last ? path.size() : step.size() + 1);
    // A value that is no map is given up: its reader will say that it did not expect one.
    if (place->kind != Value::Kind::Map || is_number_with_evidence(*place))
      *place = empty(Value::Kind::Map, key_position);
    if (place->find(step) == nullptr)
      place->entries.push_back({std::string(step), key_position, empty(Value::Kind::Null, key_position)});
    place = place->find(step);
  }
  return *place;
}

bool looks_like_a_number(const Value& value)
{
  const std::size_t first = value.text.find_first_not_of("+-.");
  return value.kind == Value::Kind::Scalar && first != std::string::npos && value.text[first] >= '0' &&
         value.text[first] <= '9';
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
void move_to(Value& value, const Position& place)
{
  value.position = place;
  for (Value& item : value.items)
    move_to(item, place);
  for (Value::Entry& entry : value.entries) {
    entry.key_position = place;
    move_to(entry.value, place);
  }
}

Value with_reason(const Value& number)
{
  const Position& at = number.position;
  Value reason = number;
  reason.text =
      is_from_command_line(at) ? fmt::format("set by {}", at.file) : fmt::format("set in {}:{}", at.file, at.line);
  Value map = empty(Value::Kind::Map, at);
  map.entries.push_back({"value", at, number});
  map.entries.push_back({"assumed", at, std::move(reason)});
  return map;
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
Value with_reasons(const Value& value)
{
  if (looks_like_a_number(value))
    return with_reason(value);
  Value map = value;
  if (!is_number_with_evidence(value))
    for (Value::Entry& entry : map.entries)
      if (entry.key != "part")
        entry.value = with_reasons(entry.value);
  return map;
}

}  // namespace

std::vector<Change> changes_of_overrides(const Value& overrides, ReadingLog& log)
{
  std::vector<Change> changes;
  for (const Value::Entry& entry : overrides.entries) {
    const std::string_view top = std::string_view(entry.key).substr(0, entry.key.find('.'));
    if (top != "machine" && top != "model")
      add_problem(
          log, entry.key_position, "overrides",
          fmt::format("expected a key of the machine or the model, like machine.nodes, found \"{}\"", entry.key));
    else if (entry.value.kind != Value::Kind::Map && top == entry.key)
      add_problem(log, entry.value.position, fmt::format("overrides.{}", entry.key),
                  fmt::format("expected a map of keys, found {}", found_text(entry.value)));
    else
      collect(changes, entry.key, entry.key_position, entry.value, log);
  }
  refuse_twins(changes, log);
  return changes;
}

std::vector<Change> changes_of_keys(const Value& keys, ReadingLog& log)
{
  std::vector<Change> changes;
  for (const Value::Entry& entry : keys.entries)
    collect(changes, entry.key, entry.key_position, entry.value, log);
  refuse_twins(changes, log);
  return changes;
}

std::vector<Change> changes_of_values(const Value& keys, ReadingLog& log)
{
  std::vector<Change> changes;
  for (const Value::Entry& entry : keys.entries)
    collect_value(changes, entry.key, entry.key_position, entry.value, log);
  refuse_twins(changes, log);
  return changes;
}

std::vector<Change> changes_of_machine(const Value& overrides, ReadingLog& log)
{
  std::vector<Change> changes;
  for (const Value::Entry& entry : overrides.entries)
    collect(changes, "machine." + entry.key, entry.key_position, entry.value, log);
  refuse_twins(changes, log);
  return changes;
}

std::vector<Change> changes_of_sets(const std::vector<std::string>& sets, ReadingLog& log)
{
  std::vector<Change> changes;
  for (const std::string& set : sets) {
    const std::size_t equals = set.find('=');
    const bool adds = is_addition(set, equals);
    const std::string key = set.substr(0, adds ? equals - 1 : equals);
    const std::string label = fmt::format("{}{}", sim::config::CommandLineFile, key);
    if (equals == std::string::npos || key.empty()) {
      add_problem(log, {label, 1, 1}, "", fmt::format("expected key=value, found \"{}\"", set));
      continue;
    }
    if (!is_closed(set.substr(equals + 1), key, {label, 1, 1}, log))
      continue;
    try {
      const Value value = sim::config::parse_text(label, set.substr(equals + 1));
      take_setting(changes, key, adds, value.position, value, log);
    } catch (const ConfigError& error) {
      // Reported with everything else that is wrong.
      log.problems.emplace_back(error.what());
    }
  }
  return changes;
}

// "12:3:14:workload.ep=64:folder/file.yaml": line, column, length of the setting, the setting, file.
std::string to_argument(const PlacedSetting& setting)
{
  return fmt::format("{}:{}:{}:{}:{}", setting.place.line, setting.place.column, setting.text.size(), setting.text,
                     setting.place.file);
}

std::optional<PlacedSetting> setting_of_argument(const std::string& argument)
{
  std::array<int, 3> numbers{};
  const char* at = argument.data();
  const char* const end = at + argument.size();
  for (int& number : numbers) {
    const auto [rest, error] = std::from_chars(at, end, number);
    if (error != std::errc() || rest == end || *rest != ':' || number < 0)
      return std::nullopt;
    at = rest + 1;
  }
  const std::string rest(at, end);
  const auto length = static_cast<std::size_t>(numbers[2]);
  if (rest.size() <= length || rest[length] != ':')
    return std::nullopt;
  return PlacedSetting{rest.substr(0, length), {rest.substr(length + 1), numbers[0], numbers[1]}};
}

std::vector<Change> changes_of_settings(const std::vector<PlacedSetting>& settings, ReadingLog& log)
{
  std::vector<Change> changes;
  for (const auto& [text, place] : settings) {
    const std::size_t equals = text.find('=');
    const bool adds = is_addition(text, equals);
    const std::string key = text.substr(0, adds ? equals - 1 : equals);
    if (equals == std::string::npos || key.empty()) {
      add_problem(log, place, "", fmt::format("expected key=value, found \"{}\"", text));
      continue;
    }
    if (!is_closed(text.substr(equals + 1), key, place, log))
      continue;
    try {
      Value value = sim::config::parse_text(key, text.substr(equals + 1));
      move_to(value, place);
      take_setting(changes, key, adds, place, value, log);
    } catch (const ConfigError&) {
      add_problem(log, place, key, fmt::format("expected a value in YAML, found \"{}\"", text.substr(equals + 1)));
    }
  }
  return changes;
}

std::vector<Change> leaves_of(const Change& change)
{
  std::vector<Change> leaves;
  ReadingLog told_before;
  collect(leaves, change.path, change.key_position, change.value, told_before);
  return leaves;
}

std::string_view path_below(std::string_view path, std::string_view section)
{
  if (!path.starts_with(section) || path.size() <= section.size() || path[section.size()] != '.')
    return {};
  return path.substr(section.size() + 1);
}

bool replaces_section(const Change& change)
{
  return change.value.kind == Value::Kind::Map && !is_number_with_evidence(change.value);
}

void drop_replaced(std::vector<Change>& changes)
{
  std::vector<Change> lasting;
  for (Change& change : changes) {
    if (replaces_section(change))
      std::erase_if(lasting, [&](const Change& earlier) {
        return earlier.path == change.path || !path_below(earlier.path, change.path).empty();
      });
    lasting.push_back(std::move(change));
  }
  changes = std::move(lasting);
}

void apply(Value& root, std::string_view path, const Change& change)
{
  place_of(root, path, change.key_position) = change.value;
}

void apply_as_assumed(Value& root, std::string_view path, const Change& change)
{
  Value& place = place_of(root, path, change.key_position);
  const bool is_section = place.kind == Value::Kind::Map && !is_number_with_evidence(place);
  // A lone number in the place of a section stays bare: its reader says that it expected a map.
  place = is_section && change.value.kind == Value::Kind::Scalar ? change.value : with_reasons(change.value);
}

}  // namespace cm::tools

// Work on trees that have been read already; no YAML here.
#include "sim/config/value.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace cm::sim::config {
namespace {

const char* name_of(Value::Kind kind)
{
  switch (kind) {
  case Value::Kind::Null: return "nothing";
  case Value::Kind::Scalar: return "a single value";
  case Value::Kind::List: return "a list";
  case Value::Kind::Map: break;
  }
  return "a map";
}

// {value: ..., source: ...} is one number with its evidence, although it is written as a map.
bool is_number_with_evidence(const Value& value)
{
  return value.kind == Value::Kind::Map && value.find("value") != nullptr;
}

Value& entry(Value& map, std::string_view key, const Position& position)
{
  if (Value* found = map.find(key))
    return *found;
  Value empty;
  empty.position = position;
  map.entries.push_back({std::string(key), position, std::move(empty)});
  return map.entries.back().value;
}

void append_quoted(std::string& out, std::string_view text)
{
  out += '"';
  for (const char letter : text) {
    if (letter == '"' || letter == '\\')
      out += '\\';
    if (letter == '\n')
      out += "\\n";
    else
      out += letter;
  }
  out += '"';
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
void append_canonical(std::string& out, const Value& value)
{
  if (value.kind == Value::Kind::Null) {
    out += "null";
  } else if (value.kind == Value::Kind::Scalar) {
    append_quoted(out, value.text);
  } else if (value.kind == Value::Kind::List) {
    out += '[';
    for (const Value& item : value.items) {
      append_canonical(out, item);
      out += ',';
    }
    out += ']';
  } else {
    std::vector<const Value::Entry*> sorted;
    sorted.reserve(value.entries.size());
    for (const Value::Entry& each : value.entries)
      sorted.push_back(&each);
    std::ranges::sort(sorted, {}, &Value::Entry::key);
    out += '{';
    for (const Value::Entry* each : sorted) {
      append_quoted(out, each->key);
      out += ':';
      append_canonical(out, each->value);
      out += ',';
    }
    out += '}';
  }
}

}  // namespace

std::string to_text(const Position& position)
{
  return fmt::format("{}:{}:{}", position.file, position.line, position.column);
}

bool is_from_command_line(const Position& position)
{
  return position.file.starts_with(CommandLineFile);
}

const Value* Value::find(std::string_view key) const
{
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &found->value;
}

Value* Value::find(std::string_view key)
{
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &found->value;
}

void set_path(Value& root, std::string_view dotted_path, const Value& value)
{
  Value* place = &root;
  std::string_view rest = dotted_path;
  for (bool last = false; !last;) {
    const std::string_view step = rest.substr(0, rest.find('.'));
    last = step.size() == rest.size();
    rest.remove_prefix(last ? rest.size() : step.size() + 1);
    if (step.empty())
      throw ConfigError(
          fmt::format("{}: expected a path like workload.ep, found {}", to_text(value.position), dotted_path));
    if (place->kind == Value::Kind::Null)
      place->kind = Value::Kind::Map;
    if (place->kind != Value::Kind::Map)
      throw ConfigError(fmt::format("{}: {}: expected a map to hold \"{}\", found {} at {}", to_text(value.position),
                                    dotted_path, step, name_of(place->kind), to_text(place->position)));
    place = &entry(*place, step, value.position);
  }
  *place = value;
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
void merge(Value& base, const Value& changes)
{
  // A new number does not inherit the evidence of the one that it replaces.
  if (base.kind != Value::Kind::Map || changes.kind != Value::Kind::Map || is_number_with_evidence(changes)) {
    base = changes;
    return;
  }
  for (const Value::Entry& change : changes.entries) {
    if (Value* old = base.find(change.key))
      merge(*old, change.value);
    else
      base.entries.push_back(change);
  }
}

std::string canonical_text(const Value& value)
{
  std::string text;
  append_canonical(text, value);
  return text;
}

}  // namespace cm::sim::config

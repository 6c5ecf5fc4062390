#include "tools/runner/json_file.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <sstream>
#include <system_error>

namespace cm::tools {
namespace {

using sim::config::Position;
using sim::config::Value;

Position position_of_byte(const std::string& path, const std::string& text, std::size_t byte)
{
  const std::string before = text.substr(0, byte > 0 ? byte - 1 : 0);
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t column = before.size() - (start == std::string::npos ? 0 : start + 1);
  return {path, static_cast<int>(lines) + 1, static_cast<int>(column) + 1};
}

// JSON is YAML too, and the reader of configurations keeps positions. Only read when something is wrong.
Position position_of_keys(const std::string& path, const JsonFile::Keys& keys)
{
  const Value tree = sim::config::load_file(path);
  const Value* value = &tree;
  Position position = tree.position;
  for (const std::string& key : keys) {
    value = value->find(key);
    if (value == nullptr)
      break;
    position = value->position;
  }
  return position;
}

}  // namespace

JsonFile::JsonFile(const std::string& path, sim::config::ReadingLog& log) : path_(path), log_(log)
{
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    add_problem(log, {path}, "", fmt::format("cannot read: {}", std::generic_category().message(errno)));
    return;
  }
  std::ostringstream content;
  content << in.rdbuf();
  const std::string text = content.str();
  try {
    root_ = Json::parse(text);
  } catch (const Json::parse_error& error) {
    // The library's position is a byte; a person looks for a line.
    add_problem(log, position_of_byte(path, text, error.byte), "", "expected JSON, found something else");
    return;
  }
  if (root_.is_object())
    return;
  add_problem(log, {path}, "", "expected a result of cmsim, found JSON that is no object");
  root_ = Json();
}

const JsonFile::Json* JsonFile::find(const Keys& keys) const
{
  const Json* value = &root_;
  for (const std::string& key : keys) {
    const auto found = value->find(key);
    if (found == value->end())
      return nullptr;
    value = &*found;
  }
  return value;
}

double JsonFile::number(const Keys& keys) const
{
  const Json* value = find(keys);
  if (value != nullptr && value->is_number())
    return value->get<double>();
  complain(keys, "a number");
  return 0;
}

std::string JsonFile::text(const Keys& keys) const
{
  const Json* value = find(keys);
  if (value != nullptr && value->is_string())
    return value->get<std::string>();
  complain(keys, "a text");
  return {};
}

const JsonFile::Json& JsonFile::object(const Keys& keys) const
{
  static const Json None = Json::object();
  const Json* value = find(keys);
  if (value != nullptr && value->is_object())
    return *value;
  complain(keys, "an object");
  return None;
}

const JsonFile::Json& JsonFile::list(const Keys& keys) const
{
  static const Json None = Json::array();
  const Json* value = find(keys);
  if (value != nullptr && value->is_array())
    return *value;
  complain(keys, "a list");
  return None;
}

void JsonFile::complain(const Keys& keys, const std::string& expected) const
{
  const Json* value = find(keys);
  add_problem(log_, position_of_keys(path_, keys), sim::config::joined(keys, "."),
              fmt::format("expected {}, found {}", expected, value == nullptr ? "no such key" : value->dump()));
}

}  // namespace cm::tools

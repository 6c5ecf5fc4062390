#include "tools/files/json_file.h"

#include "sim/config/input_file.h"
#include "sim/config/json_text.h"
#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "sim/diagnostics/printable.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

namespace cm::tools {
namespace {

// Trees that keep the order of members look for each new one among all before.
constexpr std::size_t MostMembers = 2000;
constexpr std::size_t MostShown = 80;  // bytes of what was found

std::string shown(const JsonFile::Json& value)
{
  if (value.is_array())
    return "a list";
  if (value.is_object())
    return "an object";
  const std::string text = value.dump();
  return printable_on_one_line(text.substr(0, MostShown)) + (text.size() > MostShown ? "..." : "");
}

}  // namespace

JsonFile::JsonFile(const std::string& path, sim::config::ReadingLog& log) : path_(path), log_(log)
{
  try {
    text_ = sim::config::file_content(path, LargestFile);
  } catch (const ConfigError& error) {
    log.problems.emplace_back(error.what());
    return;
  }
  if (const auto problem = sim::config::json_problem(text_, MostMembers)) {
    add_problem(log, {path, problem->place.line, problem->place.column}, "", problem->what);
    return;
  }
  root_ = Json::parse(text_);
  if (root_.is_object())
    return;
  complain({}, "an object of JSON");
  root_ = Json();
}

const JsonFile::Json* JsonFile::find(const Keys& keys) const
{
  const Json* value = &root_;
  for (const std::string& key : keys) {
    if (value->is_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
      if (error != std::errc() || end != key.data() + key.size() || index >= value->size())
        return nullptr;
      value = &(*value)[index];
      continue;
    }
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

std::uint64_t JsonFile::count(const Keys& keys) const
{
  const Json* value = find(keys);
  if (value != nullptr && value->is_number_unsigned())
    return value->get<std::uint64_t>();
  complain(keys, "a whole number of at least 0");
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

sim::config::Position JsonFile::position(const Keys& keys) const
{
  const auto place = sim::config::json_place(text_, keys);
  return {path_, place.line, place.column};
}

void JsonFile::complain(const Keys& keys, const std::string& expected, const std::string& found) const
{
  if (++problems_ > MostProblems) {
    if (problems_ == MostProblems + 1)
      add_problem(log_, {path_}, "", "further problems in this file are not listed");
    return;
  }
  const Json* value = find(keys);
  const std::string there = value == nullptr ? "no such key" : shown(*value);
  add_problem(log_, position(keys), printable_on_one_line(sim::config::joined(keys, ".")),
              fmt::format("expected {}, found {}", expected, found.empty() ? there : found));
}

}  // namespace cm::tools

#include "tools/sweep_plan/sweep_inputs.h"

#include "tools/files/file_digest.h"
#include "tools/runner/run_inputs.h"
#include "tools/terminal/shell_words.h"

#include <vector>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;
using sim::config::Value;

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
Json json_of(const Value& value)
{
  if (value.kind == Value::Kind::Null)
    return nullptr;
  if (value.kind == Value::Kind::Scalar)
    return value.text;
  Json json = value.kind == Value::Kind::List ? Json::array() : Json::object();
  for (const Value& item : value.items)
    json.push_back(json_of(item));
  for (const Value::Entry& entry : value.entries)
    json[entry.key] = json_of(entry.value);
  return json;
}

Json file_json(const std::string& key, const std::string& name, const std::string& path)
{
  return {{"key", key}, {"name", name}, {"digest", file_digest(path)}};
}

}  // namespace

nlohmann::ordered_json sweep_inputs(const SweepSource& source, const SweepSpec& spec)
{
  const bool is_named = !source.name.empty();
  Json files =
      Json::array({file_json("sweep", is_named ? "sweeps/" + source.name + ".yaml" : source.path, source.path)});
  for (const sim::config::FileRead& file : spec.scenarios)
    files.push_back(file_json(file.key, file.name, file.path));
  std::vector<std::string> words{"cmsim", "sweep", is_named ? source.name : source.path};
  const std::vector<std::string> sets = lasting_settings(source.sets);
  for (const std::string& set : sets)
    words.insert(words.end(), {"--set", set});
  return {
      {"command", shell_text(words)}, {"sets", sets}, {"as_read", json_of(spec.as_read)}, {"files", std::move(files)}};
}

}  // namespace cm::tools

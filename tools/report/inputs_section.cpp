#include "tools/report/inputs_section.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace cm::tools {
namespace {

constexpr std::size_t DigestShown = 12;
// Where settings come from, each layer over the one before.
constexpr std::array<std::pair<const char*, const char*>, 3> Layers{
    {{"overrides", "overrides of the scenario"}, {"changes", "the sweep"}, {"sets", "--set"}}};

std::string text_of(const Json& value)
{
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// On one line, as YAML writes it.
std::string flow_of(const Json& value)  // NOLINT(misc-no-recursion): a tree that was at most 64 levels deep
{
  if (!value.is_array() && !value.is_object())
    return text_of(value);
  std::string text;
  for (const auto& [key, item] : value.items())
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", value.is_object() ? key + ": " : "", flow_of(item));
  return value.is_array() ? fmt::format("[{}]", text) : fmt::format("{{{}}}", text);
}

void add_rows(PageTable& table, const Json& keys, const std::string& prefix)
{
  for (const auto& [key, value] : keys.items())
    table.rows.push_back({prefix + key, flow_of(value)});
}

PageTable files_table(const Json& files)
{
  PageTable table{"Files read", {{"key"}, {"file"}, {"digest"}}, {}, true};
  for (const Json& file : files)
    table.rows.push_back(
        {text_of(file.at("key")), text_of(file.at("name")), text_of(file.at("digest")).substr(0, DigestShown)});
  return table;
}

void add_table(PageSection& section, PageTable table)
{
  if (!table.rows.empty())
    section.blocks.emplace_back(std::move(table));
}

// One thing of the sweep's file: a base, an axis, a filter.
void add_items(PageTable& table, const Json& sweep, const char* list)
{
  const auto found = sweep.find(list);
  if (found == sweep.end())
    return;
  if (!found->is_array())
    table.rows.push_back({list, flow_of(*found)});
  else
    for (const Json& item : *found)
      table.rows.push_back({list, flow_of(item)});
}

}  // namespace

std::vector<PageFact> run_facts(const Json& run)
{
  std::vector<PageFact> facts;
  const auto inputs = run.find("inputs");
  if (inputs == run.end())
    return facts;
  for (const char* const key : {"machine", "model", "scenario"})
    if (const std::string text = text_of(inputs->at(key)); !text.empty())
      facts.push_back({key, text});
  std::string changed;
  for (const auto& [layer, by] : Layers)
    for (const auto& [key, value] : inputs->at(layer).items())
      changed += fmt::format("{}{} = {}", changed.empty() ? "" : ", ", key, text_of(value));
  facts.push_back({"changed", changed.empty() ? "nothing: all as the scenario says" : changed});
  facts.push_back({"seed", text_of(inputs->at("seed"))});
  facts.push_back({"to repeat", text_of(inputs->at("command")), true});
  return facts;
}

PageSection run_inputs_section(const Json& run)
{
  PageSection section{"Inputs", {}};
  const auto inputs = run.find("inputs");
  if (inputs == run.end())
    return section;
  PageTable on_top{"Set on top of the files", {{"key"}, {"value"}, {"by"}}, {}};
  for (const auto& [layer, by] : Layers)
    for (const auto& [key, value] : inputs->at(layer).items())
      on_top.rows.push_back({key, text_of(value), by});
  add_table(section, std::move(on_top));
  PageTable workload{"All keys of the workload", {{"key"}, {"value"}}, {}, true};
  add_rows(workload, inputs->at("workload"), "workload.");
  add_table(section, std::move(workload));
  add_table(section, files_table(inputs->at("files")));
  return section;
}

std::vector<PageFact> sweep_facts(const Json& sweep)
{
  const auto inputs = sweep.find("inputs");
  if (inputs == sweep.end())
    return {};
  std::vector<PageFact> facts;
  if (const auto description = inputs->at("as_read").find("description"); description != inputs->at("as_read").end())
    facts.push_back({"question", flow_of(*description)});
  facts.push_back({"to repeat", text_of(inputs->at("command")), true});
  return facts;
}

PageSection sweep_inputs_section(const Json& sweep)
{
  PageSection section{"Inputs", {}};
  const auto inputs = sweep.find("inputs");
  if (inputs == sweep.end())
    return section;
  PageTable facts{"", {{"what was run"}, {""}}, {}};
  const Json& as_read = inputs->at("as_read");
  for (const char* const list : {"bases", "axes", "only", "skip", "repeats", "seeds"})
    add_items(facts, as_read, list);
  add_table(section, std::move(facts));
  add_table(section, files_table(inputs->at("files")));
  return section;
}

PageTable input_changes_table(const Json& changes)
{
  PageTable table{"", {{"input"}, {"old"}, {"new"}}, {}};
  const auto side = [](const Json& text) { return text.is_string() ? text.get<std::string>() : std::string("-"); };
  for (const Json& change : changes)
    table.rows.push_back({text_of(change.at("key")), side(change.at("old")), side(change.at("new"))});
  return table;
}

}  // namespace cm::tools

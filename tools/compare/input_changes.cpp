#include "tools/compare/input_changes.h"

#include "tools/files/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace cm::tools {
namespace {

using sim::metrics::DigestedFile;
using sim::metrics::KeyTexts;

// Digests are compared whole and shown by their first digits.
constexpr std::size_t DigestShown = 12;

std::optional<std::string> text_of(const KeyTexts& keys, const std::string& key)
{
  const auto found = std::ranges::find(keys, key, &KeyTexts::value_type::first);
  return found == keys.end() ? std::nullopt : std::optional(found->second);
}

class Difference {
 public:
  void add(const std::string& key, std::optional<std::string> old_text, std::optional<std::string> new_text)
  {
    if (old_text != new_text)
      changes_.push_back({key, std::move(old_text), std::move(new_text)});
  }

  void add_keys(const KeyTexts& old_keys, const KeyTexts& new_keys, std::string_view prefix)
  {
    for (const auto& [key, text] : old_keys)
      add(fmt::format("{}{}", prefix, key), text, text_of(new_keys, key));
    for (const auto& [key, text] : new_keys)
      if (!text_of(old_keys, key))
        add(fmt::format("{}{}", prefix, key), std::nullopt, text);
  }

  // Another file of another name is told by the key that names it.
  void add_files(const std::vector<DigestedFile>& old_files, const std::vector<DigestedFile>& new_files)
  {
    for (const DigestedFile& before : old_files) {
      const auto now = std::ranges::find_if(
          new_files, [&](const DigestedFile& each) { return each.key == before.key && each.name == before.name; });
      if (now != new_files.end() && now->digest != before.digest)
        add("file " + before.name, "digest " + before.digest.substr(0, DigestShown),
            "digest " + now->digest.substr(0, DigestShown));
    }
  }

  std::vector<InputChange> take() { return std::move(changes_); }

 private:
  std::vector<InputChange> changes_;
};

// Keys of machine and model that were set; the workload's settings stand among its own keys. Later layers win.
KeyTexts set_on_top(const sim::metrics::Inputs& inputs)
{
  KeyTexts keys;
  for (const KeyTexts* layer : {&inputs.overrides, &inputs.changes, &inputs.sets})
    for (const auto& [key, text] : *layer) {
      if (!key.starts_with("machine.") && !key.starts_with("model."))
        continue;
      const auto earlier = std::ranges::find(keys, key, &KeyTexts::value_type::first);
      if (earlier == keys.end())
        keys.emplace_back(key, text);
      else
        earlier->second = text;
    }
  return keys;
}

// The workload's kind; empty when the result does not state it.
std::string kind_of(const StoredResult& result)
{
  return result.inputs ? result.inputs->kind() : std::string();
}

// Levels and share of the search that a result is of, as an input; empty: it is of a lone run.
std::optional<std::string> search_text(const StoredResult& result)
{
  std::string levels = result.inputs->searched_levels();
  if (levels.empty())
    return std::nullopt;
  if (levels.find("share=") == std::string::npos)
    levels += fmt::format(",share={:g}%", 100 * result.health.required_attainment);
  return levels;
}

bool is_silent(const StoredResult& result)
{
  return result.is_done() && !result.inputs;
}

}  // namespace

std::vector<InputChange> input_changes(const StoredResult& old_result, const StoredResult& new_result)
{
  if (!old_result.inputs || !new_result.inputs)
    return {};
  const StoredInputs& before = *old_result.inputs;
  const StoredInputs& now = *new_result.inputs;
  Difference difference;
  difference.add("scenario", before.scenario, now.scenario);
  difference.add("machine", before.inputs.machine, now.inputs.machine);
  difference.add("model", before.inputs.model, now.inputs.model);
  difference.add("seed", before.seed, now.seed);
  difference.add("find-capacity", search_text(old_result), search_text(new_result));
  difference.add_keys(before.inputs.workload, now.inputs.workload, "workload.");
  difference.add_keys(set_on_top(before.inputs), set_on_top(now.inputs), "");
  difference.add_files(before.inputs.files, now.inputs.files);
  difference.add("program", before.program, now.program);
  return difference.take();
}

std::vector<InputChange> take_common(std::vector<std::vector<InputChange>*> lists)
{
  std::vector<InputChange> common;
  if (lists.empty())
    return common;
  for (const InputChange& change : *lists.front())
    if (std::ranges::all_of(lists, [&](const auto* list) { return std::ranges::find(*list, change) != list->end(); }))
      common.push_back(change);
  for (std::vector<InputChange>* list : lists)
    std::erase_if(*list, [&](const InputChange& each) { return std::ranges::find(common, each) != common.end(); });
  return common;
}

void refuse_other_kinds(const ResultSet& old_set, const ResultSet& new_set, sim::config::ReadingLog& log)
{
  for (const StoredResult& before : old_set.results) {
    const StoredResult* now = new_set.find(before.label);
    const std::string kind = kind_of(before);
    if (now == nullptr || kind.empty() || kind_of(*now).empty() || kind == kind_of(*now))
      continue;
    // Read again for the place of the key.
    add_problem(log, JsonFile(now->file, log).position({"run", "inputs", "workload", "kind"}), "",
                fmt::format("the workload is \"{}\", that of {} is \"{}\": results of different workloads have no "
                            "common metrics",
                            kind_of(*now), before.file, kind));
  }
}

std::string unknown_inputs(const ResultSet& old_set, const ResultSet& new_set)
{
  const bool is_old_silent = std::ranges::any_of(old_set.results, is_silent);
  if (is_old_silent == std::ranges::any_of(new_set.results, is_silent))
    return {};
  return fmt::format("{} does not state its inputs (written by an earlier version)",
                     is_old_silent ? old_set.path : new_set.path);
}

}  // namespace cm::tools

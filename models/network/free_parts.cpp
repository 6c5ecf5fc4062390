#include "models/network/free_parts.h"

#include "sim/config/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace cm::models {
namespace {

using sim::config::Value;

class FreeWordReader {
 public:
  FreeWordReader(const FreeWords& known, std::string path, sim::config::ReadingLog& log)
      : known_(known), path_(std::move(path)), log_(log)
  {
  }

  void read(const Value& word, FreeParts& parts)
  {
    if (word.kind != Value::Kind::Scalar) {
      complain(word, fmt::format("expected {}, found {}", expected(), found_text(word)));
      return;
    }
    const auto row = std::ranges::find(FreePartTable, word.text, &FreePartRow::word);
    if (row == FreePartTable.end() || !known_.has(row->word)) {
      complain(word, refusal(word, row != FreePartTable.end()));
      return;
    }
    if (parts.*row->part)
      complain(word, fmt::format("expected each word once, found \"{}\" twice", row->word));
    parts.*row->part = true;
  }

 private:
  [[nodiscard]] std::vector<std::string> words() const
  {
    std::vector<std::string> words;
    for (const FreePartRow& row : FreePartTable)
      if (known_.has(row.word))
        words.emplace_back(row.word);
    return words;
  }

  [[nodiscard]] std::string expected() const
  {
    return known_.words.empty() ? "no such key" : fmt::format("one of {}", sim::config::joined(words(), ", "));
  }

  [[nodiscard]] std::string refusal(const Value& word, bool is_of_others) const
  {
    const auto near = is_of_others ? std::nullopt : sim::config::nearest(word.text, words());
    return fmt::format("expected {}, found {}{}{}", expected(), found_text(word),
                       is_of_others ? fmt::format(", which {} has none of", known_.whose) : "",
                       near ? fmt::format("; did you mean \"{}\"?", *near) : "");
  }

  void complain(const Value& word, const std::string& message) { add_problem(log_, word.position, path_, message); }

  const FreeWords& known_;  // borrowed
  std::string path_;
  sim::config::ReadingLog& log_;  // borrowed
};

}  // namespace

bool FreeWords::has(std::string_view word) const
{
  return std::ranges::find(words, word) != words.end();
}

FreeParts read_free_parts(sim::config::Reader& workload, const FreeWords& known, sim::config::ReadingLog& log)
{
  FreeParts parts;
  const Value* const value = workload.value(
      {"free", "parts that take no time, to see what they cost: a list of network, experts, host and queueing, as far "
               "as the workload has them; an idealisation"},
      false);
  if (value == nullptr || value->kind == Value::Kind::Null)
    return parts;
  FreeWordReader reader(known, workload.path() + ".free", log);
  if (value->kind != Value::Kind::List)
    reader.read(*value, parts);
  for (const Value& word : value->items)
    reader.read(word, parts);
  return parts;
}

std::vector<std::string> notes_on(const FreeParts& parts)
{
  std::vector<std::string> notes;
  for (const FreePartRow& row : FreePartTable)
    if (parts.*row.part)
      notes.push_back(fmt::format("workload.free: {}: {}: an idealisation", row.word, row.sentence));
  return notes;
}

}  // namespace cm::models

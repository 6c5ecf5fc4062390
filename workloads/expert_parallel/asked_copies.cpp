#include "workloads/expert_parallel/asked_copies.h"

#include "sim/config/suggestion.h"
#include "workloads/expert_parallel/copies_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace cm::workloads {
namespace {

using sim::config::Key;
using sim::config::Reader;
using sim::config::Value;

constexpr double MostCopies = 65536;

// A word, where a number would stand; null for a number, a missing key and anything else.
const std::string* word_of(Reader& keys, const Key& key)
{
  const Value* value = keys.value(key, false);
  const bool is_word = value != nullptr && value->kind == Value::Kind::Scalar && !value->text.empty() &&
                       std::isalpha(static_cast<unsigned char>(value->text.front())) != 0;
  return is_word ? &value->text : nullptr;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& words)
{
  const auto near = sim::config::nearest(word, words);
  return near ? fmt::format("; did you mean \"{}\"?", *near) : "";
}

AskedNumber read_asked(Reader& keys, const Key& key, const std::vector<std::string>& words, bool is_required)
{
  int number = 0;
  const std::string* word = word_of(keys, key);
  if (word == nullptr) {
    if (is_required || keys.has(key.name))
      keys.required({key.name, key.sentence, 0.0, MostCopies}, number);
  } else if (std::ranges::find(words, *word) == words.end()) {
    keys.complain(key.name, fmt::format("expected a number of copies or {}, found \"{}\"{}",
                                        sim::config::joined(words, ", "), *word, did_you_mean(*word, words)));
  } else if (*word == "auto") {
    return {std::nullopt, false};
  } else {
    return {0, true};
  }
  return {static_cast<std::uint32_t>(number), false};
}

}  // namespace

AskedNumber read_redundant(Reader& keys, bool is_required)
{
  return read_asked(keys,
                    {"redundant", "redundant copies of routed experts; auto: as many as the ranks have slots for"},
                    {"auto"}, is_required);
}

AskedNumber read_shared_copies(Reader& experts)
{
  return read_asked(experts,
                    {"shared_copies", "copies of the shared expert, each in a slot; auto: chosen for the number of "
                                      "ranks; every-rank: on all of them beside the slots, and no row travels to it"},
                    {"auto", "every-rank"}, true);
}

bool is_auto_experts(Reader& workload)
{
  const Key key{"experts", "copies beside the routed experts: auto, or {redundant: 32, shared_copies: 32}"};
  const std::string* word = word_of(workload, key);
  const std::vector<std::string> words{"auto"};
  if (word != nullptr && *word != words.front())
    workload.complain(key.name, fmt::format("expected auto or {{redundant: 32, shared_copies: 32}}, found \"{}\"{}",
                                            *word, did_you_mean(*word, words)));
  return word != nullptr;
}

std::string copies_note(const AskedCopies& asked, const models::CopyNumbers& taken, std::uint32_t ranks)
{
  if (!asked.is_auto())
    return {};
  if (asked.shared.number)
    return fmt::format("experts.redundant: auto took {} for {} ranks", taken.redundant, ranks);
  if (asked.redundant.number)
    return fmt::format("experts.shared_copies: auto took {} for {} ranks", taken.shared, ranks);
  return fmt::format("experts: auto took {} redundant and {} shared copies for {} ranks", taken.redundant, taken.shared,
                     ranks);
}

void report_copies(const std::string& note, const models::CopyNumbers& copies, sim::metrics::Result& result)
{
  if (note.empty())
    return;
  result.notes.push_back(note);
  result.add(RedundantCopies, copies.redundant);
  result.add(SharedCopies, copies.shared);
}

std::string copies_offer(const std::string& setting, const models::SlotSpec& slots,
                         const models::CopyNumbers& automatic)
{
  const std::uint32_t nearest = models::nearest_redundant(slots);
  const bool is_same = automatic == models::CopyNumbers{nearest, slots.shared_copies};
  const std::string shared = automatic.shared > 0 ? fmt::format(" and {} shared", automatic.shared) : "";
  return fmt::format("for {} ranks: {}, which takes {} redundant{} copies{}; ", slots.ranks, setting,
                     automatic.redundant, shared, is_same ? "" : fmt::format(", or redundant: {}", nearest));
}

void complain_of_copies(Reader& workload, std::string_view key, const std::string& message)
{
  using sim::config::is_from_command_line;
  const sim::config::Key experts{"experts", "slots beside the routed experts"};
  const std::array<std::string_view, 2> numbers{"redundant", "shared_copies"};
  const sim::config::Value* map = workload.has("experts") ? workload.value(experts, false) : nullptr;
  const bool has_map = map != nullptr && map->kind == sim::config::Value::Kind::Map;
  if (workload.has(key) && is_from_command_line(workload.position(key)))
    return workload.complain(key, message);
  for (const std::string_view number : numbers) {
    if (workload.has(number) && is_from_command_line(workload.position(number)))
      return workload.complain(number, message);
    if (const auto* copies = has_map ? map->find(number) : nullptr; copies && is_from_command_line(copies->position))
      return workload.section(experts).complain(number, message);
  }
  workload.complain(key, message);
}

}  // namespace cm::workloads

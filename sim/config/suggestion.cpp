#include "sim/config/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>
#include <vector>

namespace cm::sim::config {
namespace {

// Longer words are no slips of the finger, and the distance takes time in proportion to the product of the lengths.
constexpr std::size_t LongestWord = 64;
// Shortest beginning that is taken for a name.
constexpr std::size_t FewestLetters = 3;
constexpr std::size_t MostOffered = 5;

std::string lower(std::string_view text)
{
  std::string result(text);
  for (char& letter : result)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return result;
}

// Within a slip of the finger.
std::optional<std::string> nearest_slip(std::string_view word, std::span<const std::string> candidates)
{
  std::optional<std::string> best;
  int limit = std::max(1, static_cast<int>(word.size()) / 3);
  for (const std::string& candidate : candidates) {
    const int distance = edit_distance(lower(word), lower(candidate));
    if (distance > limit)
      continue;
    best = candidate;
    limit = distance - 1;
  }
  return best;
}

// Each once, the shortest first.
std::vector<std::string> those_that_begin_with(std::string_view word, std::span<const std::string> candidates)
{
  std::vector<std::string> found;
  if (word.size() < FewestLetters)
    return found;
  for (const std::string& candidate : candidates)
    if (lower(candidate).starts_with(lower(word)) && std::ranges::find(found, candidate) == found.end())
      found.push_back(candidate);
  std::ranges::stable_sort(found, {}, [](const std::string& each) { return each.size(); });
  return found;
}

// The nearest within a slip of the finger, alone; else all that begin with the word.
std::vector<std::string> near_words(std::string_view word, std::span<const std::string> candidates)
{
  if (word.empty() || word.size() > LongestWord)
    return {};
  if (auto slip = nearest_slip(word, candidates))
    return {*std::move(slip)};
  return those_that_begin_with(word, candidates);
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b)
{
  std::vector<int> before_last(b.size() + 1);
  std::vector<int> last(b.size() + 1);
  std::vector<int> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates)
{
  std::vector<std::string> near = near_words(word, candidates);
  return near.empty() ? std::nullopt : std::optional(std::move(near.front()));
}

std::vector<std::string> nearest_words(std::string_view word, std::span<const std::string> candidates, std::size_t most)
{
  const std::string compared = lower(word.substr(0, LongestWord));
  std::vector<std::string> words = those_that_begin_with(word, candidates);
  std::vector<std::pair<int, std::string>> others;
  for (const std::string& candidate : candidates) {
    const bool is_known = std::ranges::find(words, candidate) != words.end() ||
                          std::ranges::find(others, candidate, &std::pair<int, std::string>::second) != others.end();
    if (!is_known)
      others.emplace_back(edit_distance(compared, lower(candidate)), candidate);
  }
  std::ranges::stable_sort(others, {}, &std::pair<int, std::string>::first);
  for (auto& [distance, other] : others)
    words.push_back(std::move(other));
  words.resize(std::min(words.size(), most));
  return words;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates)
{
  std::vector<std::string> offered = near_words(word, candidates);
  if (offered.empty())
    return {};
  offered.resize(std::min(offered.size(), MostOffered));
  const std::string last = offered.back();
  offered.pop_back();
  return fmt::format("; did you mean {}{}\"{}\"?",
                     offered.empty() ? "" : fmt::format("\"{}\"", joined(offered, "\", \"")),
                     offered.empty() ? "" : " or ", last);
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates, std::string_view list_title)
{
  std::string advice = did_you_mean(word, candidates);
  if (!advice.empty() || candidates.empty())
    return advice;
  return fmt::format("; {}: {}", list_title, joined(candidates, ", "));
}

std::string short_suggestion(std::string_view word, std::span<const std::string> candidates,
                             std::string_view list_title, std::string_view list_command)
{
  if (candidates.size() <= MostOffered || nearest(word, candidates))
    return suggestion(word, candidates, list_title);
  return fmt::format("; {}: {}, ... ({} shows all)", list_title,
                     joined(nearest_words(word, candidates, MostOffered), ", "), list_command);
}

std::string joined(std::span<const std::string> words, std::string_view separator)
{
  std::string text;
  for (const std::string& word : words) {
    if (&word != &words.front())
      text += separator;
    text += word;
  }
  return text;
}

}  // namespace cm::sim::config

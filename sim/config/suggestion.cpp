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
// One or two letters begin a word by chance.
constexpr std::size_t ShortestBeginning = 3;

std::string lower(std::string_view text)
{
  std::string result(text);
  for (char& letter : result)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return result;
}

std::optional<std::string> only_one_that_begins_with(std::string_view word, std::span<const std::string> candidates)
{
  const auto begins = [&](const std::string& candidate) { return lower(candidate).starts_with(lower(word)); };
  if (word.size() < ShortestBeginning || std::ranges::count_if(candidates, begins) != 1)
    return std::nullopt;
  return *std::ranges::find_if(candidates, begins);
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
  std::optional<std::string> best;
  if (word.empty() || word.size() > LongestWord)
    return best;
  int limit = std::max(1, static_cast<int>(word.size()) / 3);
  for (const std::string& candidate : candidates) {
    const int distance = edit_distance(lower(word), lower(candidate));
    if (distance > limit)
      continue;
    best = candidate;
    limit = distance - 1;
  }
  return best ? best : only_one_that_begins_with(word, candidates);
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates, std::string_view list_title)
{
  if (const auto match = nearest(word, candidates))
    return fmt::format("; did you mean \"{}\"?", *match);
  if (candidates.empty())
    return {};
  return fmt::format("; {}: {}", list_title, joined(candidates, ", "));
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

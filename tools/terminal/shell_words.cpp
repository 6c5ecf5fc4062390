#include "tools/terminal/shell_words.h"

#include <algorithm>
#include <cstddef>

namespace cm::tools {
namespace {

// Nothing that a shell gives a meaning, wherever it stands in a word.
bool is_plain(char letter)
{
  const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
  const bool is_digit = letter >= '0' && letter <= '9';
  return is_letter || is_digit || std::string_view("-_./:,=+@%").find(letter) != std::string_view::npos;
}

std::string in_quotes(std::string_view word)
{
  std::string quoted = "'";
  for (const char letter : word)
    if (letter == '\'')
      quoted += "'\\''";
    else
      quoted += letter;
  return quoted + "'";
}

}  // namespace

std::string shell_text(std::span<const std::string> words)
{
  std::string text;
  for (const std::string& word : words) {
    text += text.empty() ? "" : " ";
    text += !word.empty() && std::ranges::all_of(word, is_plain) ? word : in_quotes(word);
  }
  return text;
}

std::optional<std::vector<std::string>> shell_words(std::string_view text)
{
  std::vector<std::string> words;
  bool is_inside = false;  // a word
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (!is_quoted && letter == ' ') {
      is_inside = false;
      continue;
    }
    if (!is_inside)
      words.emplace_back();
    is_inside = true;
    if (letter == '\'')
      is_quoted = !is_quoted;
    else if (!is_quoted && letter == '\\' && i + 1 < text.size())
      words.back() += text[++i];
    else
      words.back() += letter;
  }
  return is_quoted ? std::nullopt : std::optional(words);
}

}  // namespace cm::tools

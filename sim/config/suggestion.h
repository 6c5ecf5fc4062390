// The word that a user probably meant.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::sim::config {

// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
int edit_distance(std::string_view a, std::string_view b);

// The first of the nearest candidates, if any is within a third of the word's length; else the shortest of those that
// begin with the word, of at least three letters. Case does not count.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// At most as many candidates, each once: those that begin with the word, the shortest first, then the others by their
// distance.
std::vector<std::string> nearest_words(std::string_view word, std::span<const std::string> candidates,
                                       std::size_t most);

// "; did you mean "x"?", with all that begin with the word, five at most, where none is within a slip; empty when none
// is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

// The same, or the list of `candidates` when none is near.
std::string suggestion(std::string_view word, std::span<const std::string> candidates, std::string_view list_title);

// The same, with a long list cut to the nearest five: "... (`list_command` shows all)".
std::string short_suggestion(std::string_view word, std::span<const std::string> candidates,
                             std::string_view list_title, std::string_view list_command);

// Not fmt::join: at -O3, g++ 12 warns about fmt's own code wherever it is used.
std::string joined(std::span<const std::string> words, std::string_view separator);

}  // namespace cm::sim::config

// The word that a user probably meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cm::sim::config {

// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
int edit_distance(std::string_view a, std::string_view b);

// The first of the nearest candidates, if any is within a third of the word's length; else the only one that begins
// with the word, which has at least three letters. Case does not count.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// "; did you mean "x"?", or the list of `candidates` when none is near.
std::string suggestion(std::string_view word, std::span<const std::string> candidates, std::string_view list_title);

// Not fmt::join: at -O3, g++ 12 warns about fmt's own code wherever it is used.
std::string joined(std::span<const std::string> words, std::string_view separator);

}  // namespace cm::sim::config

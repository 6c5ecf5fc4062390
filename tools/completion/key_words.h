// Keys and values that may stand behind --set.
#pragma once

#include "sim/config/reading_log.h"
#include "tools/completion/offer.h"

#include <string>
#include <vector>

namespace cm::tools {

// Scenarios that a line is about, and what it has set already.
struct KeyContext {
  std::vector<std::string> scenarios;  // paths; all of them are read
  std::vector<std::string> sets;
  std::string config_root;
};

// Keys that the scenarios read, each once and in the order of reading, without sections and items of lists. Of machine
// and model those that a run of one of the scenarios uses. A scenario that cannot be read has none.
std::vector<sim::config::Declaration> keys_of(const KeyContext& context);

// Offers for the place of `word`, "workload.e" or "workload.fused=t": keys up to the next point, so that a section
// is one word, or a whole key with "=" behind it; behind that the words of a choice, or the value that counts now.
std::vector<Offer> setting_words(const std::string& word, const KeyContext& context);

}  // namespace cm::tools

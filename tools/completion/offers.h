// Words that a shell may offer in place of the last one of a line.
#pragma once

#include "tools/completion/command_tree.h"
#include "tools/completion/offer.h"

#include <map>
#include <string>
#include <vector>

namespace cm::tools {

enum class PathOffer { None, Files, Folders };

struct Offers {
  std::vector<Offer> words;           // whole ones: "--set=workload.ep=8"
  PathOffer paths = PathOffer::None;  // beside them
};

struct OfferRequest {
  std::vector<CommandEntry> commands;
  std::vector<std::string> words;  // behind the name of the program; the last one is begun, or empty
  std::string config_root;
  // Words of options and positionals that only their own command knows, by the name of the value: "GROUP".
  std::map<std::string, std::vector<std::string>> choices{};
};

// Subcommands, options, words of choices, names of shipped files, keys and values of settings (those of the scenario or
// the sweep that the line names, otherwise of all shipped scenarios) and metrics.
Offers offers(const OfferRequest& request);

// The same as lines for the scripts of shells: "none", "files" or "folders", then the words, each with its sentence
// behind a tab where it has one.
std::string to_lines(const Offers& offers);

}  // namespace cm::tools

// Routing rules as data: the fabric executes them, a scenario names them.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

namespace cm::topology {

// Which sub-plane a packet leaves its source on.
enum class SubPlaneChoice {
  Spray,          // round-robin per source from a random start
  Hash,           // by flow (source and destination)
  ByDestination,  // by the number of the receiving endpoint: all that a die receives comes on one lane
  ByExpert,       // by the number of the expert that a row goes to or comes from; all else is sprayed
};

// Which L2 chip an L1 chip sends a packet up to.
enum class L2Choice {
  Spray,       // round-robin per source from a random start
  Hash,        // by flow
  LeastQueue,  // the uplink that would be free first
};

template <typename Enum>
using WordTable = std::initializer_list<std::pair<std::string_view, Enum>>;

// For Reader::choice. Not constexpr: g++ 12 refuses a list of pairs there.
inline const WordTable<SubPlaneChoice> SubPlaneChoiceWords = {{"spray", SubPlaneChoice::Spray},
                                                              {"hash", SubPlaneChoice::Hash},
                                                              {"by-destination", SubPlaneChoice::ByDestination},
                                                              {"by-expert", SubPlaneChoice::ByExpert}};

inline const WordTable<L2Choice> L2ChoiceWords = {
    {"spray", L2Choice::Spray}, {"hash", L2Choice::Hash}, {"least-queue", L2Choice::LeastQueue}};

std::string_view to_text(SubPlaneChoice choice);
std::string_view to_text(L2Choice choice);

}  // namespace cm::topology

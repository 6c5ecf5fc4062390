// Parts of a run that may be set to take no time, to learn what they cost otherwise: the key workload.free. Nothing of
// the kind can be built; a result says what was free in it. docs/how-to/find-what-matters.md.
#pragma once

#include "sim/config/reader.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace cm::models {

struct FreeParts {
  bool network = false;
  bool experts = false;
  bool host = false;
  bool queueing = false;

  friend bool operator==(const FreeParts&, const FreeParts&) = default;
};

struct FreePartRow {
  std::string_view word;
  bool FreeParts::* part = nullptr;
  std::string_view sentence;  // for people: what takes no time
};

inline constexpr std::array<FreePartRow, 4> FreePartTable{{
    {"network", &FreeParts::network, "packets have no latency, no serialisation and no queues"},
    {"experts", &FreeParts::experts, "the products of the experts take no time and no memory bandwidth"},
    {"host", &FreeParts::host, "turns of the host, launches of kernels and synchronisation with the host take no time"},
    {"queueing", &FreeParts::queueing,
     "no packet waits for another in a switch; latency and serialisation stay, and an endpoint still sends one packet "
     "after another on each of its lanes"},
}};

// Words that a run knows.
struct FreeWords {
  std::string whose;  // "a run of ep", for messages
  std::vector<std::string_view> words;

  [[nodiscard]] bool has(std::string_view word) const;
};

// Reads the workload's key `free`: a word or a list of words. What is wrong goes to the log, at the word's place.
FreeParts read_free_parts(sim::config::Reader& workload, const FreeWords& known, sim::config::ReadingLog& log);

// A sentence for each part that is free, for the notes of a result.
std::vector<std::string> notes_on(const FreeParts& parts);

}  // namespace cm::models

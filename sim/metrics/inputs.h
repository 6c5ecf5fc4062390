// Inputs that a result was made from, so that it can be told, compared and repeated: `run.inputs` of result.json.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cm::sim::metrics {

// Keys as `--set` takes them, and what they are set to.
using KeyTexts = std::vector<std::pair<std::string, std::string>>;

struct DigestedFile {
  std::string key;   // the key with its name: "scenario", "machine.ub.part", "workload.trace"
  std::string name;  // as the user or the folder of configurations names it; the same in every checkout
  std::string digest;

  friend bool operator==(const DigestedFile&, const DigestedFile&) = default;
};

struct Inputs {
  std::string title;    // "decode of deepseek-r1 on cloudmatrix384"
  std::string command;  // command line for the same result: "cmsim run ep.yaml --set workload.ep=64 --seed 1"
  std::string machine;  // as the scenario names it
  std::string model;    // empty when it names none
  KeyTexts workload;    // every key that the run read, its defaults among them, below "workload."
  // On top of the files, each over the one before: the scenario's overrides, what a sweep set, the command line.
  KeyTexts overrides;
  KeyTexts changes;
  KeyTexts sets;
  std::vector<DigestedFile> files;
};

}  // namespace cm::sim::metrics

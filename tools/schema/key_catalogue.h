// Every key that a configuration can hold, as the readers themselves declare it.
//
// A reader declares a key when it asks for it, so the catalogue is made by reading: every shipped scenario, machine,
// model and sweep, a calibration and every workload without any keys, and every word of every choice, since some keys
// are asked for only after a certain word.
#pragma once

#include "sim/config/reading_log.h"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// One key of one kind of file. Readings may differ: what one requires another may not know.
struct CatalogueKey {
  std::vector<sim::config::Declaration> declarations;  // that differ in something
  std::size_t readings = 0;                            // that asked for it
};

// By path within the file: "ub.lane_bandwidth" of a machine; a list's items are "bases[]".
using KeyTable = std::map<std::string, CatalogueKey>;

// A number of a shipped file, and why we believe it.
struct ShippedNumber {
  std::string file;  // "machines/cloudmatrix384"
  sim::config::Provenance provenance;
};

struct KeyCatalogue {
  KeyTable scenario;  // without the keys below machine, model and workload
  KeyTable machine;
  KeyTable model;
  KeyTable sweep;
  KeyTable calibration_with_tables;                            // "rows[]" are tables of rows
  KeyTable calibration_with_rows;                              // "rows[]" are single rows
  std::map<std::string, KeyTable> workloads;                   // by kind
  std::map<std::string, std::set<std::string>> part_sections;  // part -> sections of machines that are made of it
  std::vector<ShippedNumber> numbers;
};

// "bases[3].axes" as "bases[].axes": all items of a list are alike.
std::string without_indices(std::string_view path);

// `config_root` holds machines/, models/, scenarios/ and so on. Throws ConfigError when it holds no scenario.
KeyCatalogue read_catalogue(const std::string& config_root);

// All keys by their full path ("machine.ub.mtu", "workload.ep"), with the kinds of workload that have them or, of
// machine and model, use them; empty for the keys of other files and for sections of a machine.
struct CataloguedKey {
  std::string path;
  std::vector<std::string> kinds;
  sim::config::Declaration declaration;
};
std::vector<CataloguedKey> all_keys(const KeyCatalogue& catalogue);

}  // namespace cm::tools

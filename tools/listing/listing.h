// Names that a command line may hold: files that come with the program and metrics of results, a sentence each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// Names of the lists, in the order of file_kinds(), and "metrics" behind them.
std::vector<std::string> list_names();

struct ListRequest {
  std::string what;      // one of list_names(); empty: what can be listed, with counts
  std::string workload;  // metrics of this kind of workload alone; empty: of all
  std::string config_root;
};

// For people: names and sentences in columns, at most `columns` wide where words allow it. Throws ConfigError, with the
// nearest name, when nothing or no workload is called so, or `workload` is given for something else than metrics.
std::string list_table(const ListRequest& request, std::size_t columns);

// The same as JSON: an object with the list under its name; of files {name, sentence, file}, of metrics {name, unit,
// meaning, formula, histogram, workloads}; without `what` {list: [{name, count, sentence}]}.
std::string list_json(const ListRequest& request);

}  // namespace cm::tools

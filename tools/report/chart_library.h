// Library that draws the charts: packages that npm brings and a bundle made of them, built when first needed.
#pragma once

#include "sim/metrics/progress.h"

#include <string>
#include <vector>

namespace cm::tools {

struct ChartFolders {
  std::string sources;  // package.json, build, page.js
  std::string built;    // where the bundle is or will be; created on demand
};

struct ChartLibrary {
  std::string code;     // for a page; empty when it could not be had
  std::string missing;  // why then, and how to get it
};

// Builds what is missing or outdated, which the first time takes npm a minute. A bundle that lies among the sources is
// taken as it is.
ChartLibrary chart_library(const ChartFolders& folders, sim::metrics::Progress& progress);

// Draws every *.vl.json of `folder` as "svg" or "png" beside it; the files that came to be. Throws ConfigError when
// node cannot.
std::vector<std::string> draw_files(const ChartFolders& folders, const std::string& kind, const std::string& folder,
                                    sim::metrics::Progress& progress);

}  // namespace cm::tools

// docs/validation.md: words of ours around a block of rows that the program writes.
#pragma once

#include "tools/validate/validation.h"

#include <string>

namespace cm::tools {

// Where the plot lies, from the page's folder.
constexpr const char* PlotFile = "images/validation.svg";

// `page`, the text of the file `path`, with its block of rows written anew; everything else stays. Throws ConfigError
// when the lines that enclose the block are not both there.
std::string page_with_rows(const std::string& page, const std::string& path, const Validation& validation);

// Writes page and plot below `docs`. Throws ConfigError when the system refuses. Returns the paths.
std::vector<std::string> write_page(const std::string& docs, const Validation& validation);

}  // namespace cm::tools

// cmsim report: results as a page and as charts for slides.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

// `status` becomes 3 when the page was written without charts because npm's packages could not be had.
void add_report_command(CLI::App& program, const std::string& config_root, int& status);

}  // namespace cm::tools

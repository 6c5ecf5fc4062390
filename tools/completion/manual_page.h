// The manual page cmsim(1), written from the options as the program declares them.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

// In the language of man(7).
std::string manual_page(const CLI::App& program, const std::string& version);

}  // namespace cm::tools

// Script with which a shell completes cmsim's command line, written from the options as the program declares them.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

// For bash (to be sourced, or installed as share/bash-completion/completions/cmsim).
std::string bash_completion(const CLI::App& program);

// For zsh (to be installed as _cmsim in a folder of fpath).
std::string zsh_completion(const CLI::App& program);

}  // namespace cm::tools

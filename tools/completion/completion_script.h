// Scripts with which shells complete cmsim's command line. They ask the program, so a key or a scenario that is new
// needs no new script.
#pragma once

#include <string_view>

namespace cm::tools {

// Subcommand that the scripts call, before the words of the line; not for people.
inline constexpr std::string_view OfferCommand = "complete-words";

// For bash (to be sourced, or installed as share/bash-completion/completions/cmsim).
std::string_view bash_completion();

// For zsh (to be installed as _cmsim in a folder of fpath).
std::string_view zsh_completion();

}  // namespace cm::tools

// Refuses what is not plain text before YAML sees it.
#pragma once

#include <string>
#include <string_view>

namespace cm::sim::config {

// Throws ConfigError with the position of the first byte that is a control character (tab and line ends are allowed)
// or not UTF-8 (overlong forms and surrogates included). Columns count bytes, as everywhere in this folder.
void check_text(const std::string& label, std::string_view text);

}  // namespace cm::sim::config

// Command lines as a POSIX shell reads them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// The words with blanks between them, each in quotes where a shell would read it as something else.
std::string shell_text(std::span<const std::string> words);

// The words of what shell_text() has written. Empty when a quote is not closed.
std::optional<std::vector<std::string>> shell_words(std::string_view text);

}  // namespace cm::tools

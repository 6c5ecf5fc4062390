// Output files that appear whole or not at all.
#pragma once

#include <string>

namespace cm::sim::metrics {

// Writes beside `path` and renames. Throws ConfigError with the path and the system's reason; nothing is left behind
// then, and what `path` held before is untouched.
void write_whole(const std::string& path, const std::string& content);

}  // namespace cm::sim::metrics

// Output files that appear whole or not at all.
#pragma once

#include <string>
#include <string_view>

namespace cm::sim::metrics {

// Writes beside `path` and renames. Throws ConfigError with the path and the system's reason; nothing is left behind
// then, and what `path` held before is untouched.
void write_whole(const std::string& path, const std::string& content);

// Name of a file or a folder beside `target` while this process fills it: "result.json.partial-1234".
std::string partial_name(std::string_view target);

// Whether the name is one of a file or folder that some process is filling.
bool is_partial(std::string_view name);

// Whether its process has ended: no process of this computer has the number in the name.
bool is_left_behind(std::string_view name);

}  // namespace cm::sim::metrics

// How the file of a sweep's point is called: its number from 1, and the first digits of its digest, so that a point is
// known again when it has another number. "00012-3fa9c1d2e0b1.json".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cm::tools {

std::string point_file_name(std::size_t number, std::string_view digest);

// False for what a killed process left half-written, and for other people's files.
bool is_point_file(std::string_view name);

}  // namespace cm::tools

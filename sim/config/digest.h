// A short name for a text: equal texts have equal digests, and different ones practically never do. Not cryptographic.
#pragma once

#include <string>
#include <string_view>

namespace cm::sim::config {

// 128 bits as 32 lower-case hexadecimal digits.
std::string digest(std::string_view text);

}  // namespace cm::sim::config

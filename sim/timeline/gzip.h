// Compression of a finished text.
#pragma once

#include <string>
#include <string_view>

namespace cm::sim::timeline {

// A gzip file (RFC 1952) of the text. Equal texts give equal files: no time and no name stand in it.
std::string gzip(std::string_view text);

}  // namespace cm::sim::timeline

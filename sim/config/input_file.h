// Opening of a file that a user names.
#pragma once

#include <cstddef>
#include <string>

namespace cm::sim::config {

// Throws ConfigError with the place unless `path` is a regular file, or a link to one: pipes, sockets and devices have
// no end that we could wait for.
void require_regular_file(const std::string& path);

// The whole of a regular file. Throws ConfigError with the place when there is none, it cannot be read, or it holds
// more than `limit` bytes; no more than that is read.
std::string file_content(const std::string& path, std::size_t limit);

// "16 MiB", "100 bytes".
std::string byte_count_text(std::size_t bytes);

}  // namespace cm::sim::config

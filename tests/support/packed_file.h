// A gzip file with a given content.
#pragma once

#include <stdexcept>
#include <string>
#include <zlib.h>

namespace cm::tests {

inline std::string packed(const std::string& path, const std::string& content)
{
  gzFile file = gzopen(path.c_str(), "wb");
  if (file == nullptr || gzwrite(file, content.data(), static_cast<unsigned>(content.size())) < 0)
    throw std::runtime_error("cannot write " + path);
  gzclose_w(file);
  return path;
}

}  // namespace cm::tests

// A short name for a text: equal texts have equal digests, and different ones practically never do. Not cryptographic.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cm::sim::config {

// 128 bits as 32 lower-case hexadecimal digits.
std::string digest(std::string_view text);

// The same of a text that comes in pieces.
class Digest {
 public:
  void add(std::string_view piece);
  [[nodiscard]] std::string text() const;

 private:
  std::uint64_t first_ = 0xcbf29ce484222325ULL;
  std::uint64_t second_ = 0x6a09e667f3bcc908ULL;
  std::uint64_t size_ = 0;
};

}  // namespace cm::sim::config

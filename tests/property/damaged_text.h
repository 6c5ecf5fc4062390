// Seeded mistakes in a file: bits that flip, pieces that go, come twice or change places, words that hurt.
#pragma once

#include "sim/random/random_stream.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cm::tests {

class TextDamage {
 public:
  explicit TextDamage(std::uint64_t seed) : random_(seed, "damaged text") {}

  // With one to four mistakes.
  std::string of(std::string text)
  {
    for (std::uint32_t left = 1 + random_.below(4); left > 0; --left)
      damage(text);
    return text;
  }

 private:
  static constexpr std::array<std::string_view, 28> Words{"{",
                                                          "}",
                                                          "[",
                                                          "]",
                                                          ":",
                                                          ",",
                                                          "\"",
                                                          "'",
                                                          "\n",
                                                          "\t",
                                                          "#",
                                                          "&a ",
                                                          "*a",
                                                          "- ",
                                                          "-1",
                                                          "0",
                                                          "1e9",
                                                          "1e999",
                                                          "nan",
                                                          "null",
                                                          "true",
                                                          "{}",
                                                          "[]",
                                                          "\"\"",
                                                          "\xff",
                                                          "\xef\xbb\xbf",
                                                          "99999999999999999999",
                                                          "[[[[[[[["};

  std::size_t place(const std::string& text) { return random_.below(static_cast<std::uint32_t>(text.size() + 1)); }
  std::size_t length(const std::string& text, std::size_t from)
  {
    return std::min<std::size_t>(text.size() - from, 1 + random_.below(1U << (1 + random_.below(7))));
  }
  std::string_view word() { return Words[random_.below(Words.size())]; }

  void damage(std::string& text)
  {
    const std::size_t at = place(text);
    const std::size_t count = length(text, at);
    switch (random_.below(7)) {
    case 0: flip(text, at); break;
    case 1: text.erase(at, count); break;
    case 2: text.insert(at, text.substr(at, count)); break;
    case 3: text.insert(place(text), text.substr(at, count)); break;
    case 4: text.insert(at, word()); break;
    case 5: replace_number(text, at); break;
    default: random_.below(4) == 0 ? text.resize(at) : void(text.replace(at, count, word())); break;
    }
  }

  void flip(std::string& text, std::size_t at)
  {
    if (at < text.size())
      text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << random_.below(8)));
  }

  void replace_number(std::string& text, std::size_t at)
  {
    constexpr std::string_view Digits = "0123456789.";
    const std::size_t begin = text.find_first_of(Digits, at);
    if (begin != std::string::npos)
      text.replace(begin, std::min(text.find_first_not_of(Digits, begin), text.size()) - begin, word());
  }

  sim::RandomStream random_;
};

}  // namespace cm::tests

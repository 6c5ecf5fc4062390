#include "sim/config/digest.h"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using cm::sim::config::digest;

TEST_CASE("a digest is 32 hexadecimal digits and never changes")
{
  CHECK(digest("") == "f52a15e9a9b5e89b6a09e667f3bcc908");
  CHECK(digest("machine: cloudmatrix384") == "68492588f4efca7b02cd507e1b7669a6");
}

TEST_CASE("texts that differ a little have digests that differ in both halves")
{
  std::set<std::string> first_halves;
  std::set<std::string> second_halves;
  int texts = 0;
  for (int i = 0; i < 20'000; ++i)
    for (const char* ending : {"", " ", "\n", "0"}) {
      const std::string text = digest("key: " + std::to_string(i) + "x" + ending);
      REQUIRE(text.size() == 32);
      first_halves.insert(text.substr(0, 16));
      second_halves.insert(text.substr(16));
      ++texts;
    }
  CHECK(static_cast<int>(first_halves.size()) == texts);
  CHECK(static_cast<int>(second_halves.size()) == texts);
}

TEST_CASE("zero bytes count")
{
  CHECK(digest(std::string(1, '\0')) != digest(std::string(2, '\0')));
}

#include "sim/config/suggestion.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace cm::sim::config;

TEST_CASE("the edit distance counts slips of the finger")
{
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("lane", "lane") == 0);
  CHECK(edit_distance("bandwith", "bandwidth") == 1);
  CHECK(edit_distance("lnae", "lane") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest word is suggested and a far one is not")
{
  const std::vector<std::string> words{"hidden", "layers", "lane_bandwidth"};
  CHECK(nearest("lane_bandwith", words) == "lane_bandwidth");
  CHECK(nearest("LAYERS", words) == "layers");
  CHECK_FALSE(nearest("colour", words));
  CHECK_FALSE(nearest("", words));
  CHECK_FALSE(nearest(std::string(100'000, 'x'), words));
}

TEST_CASE("of equally near words the first is suggested")
{
  CHECK(nearest("bat", std::vector<std::string>{"cat", "hat"}) == "cat");
}

TEST_CASE("the only word that begins with what was typed is near")
{
  const std::vector<std::string> words{"mooncake", "mooncake-sessions", "BurstGPT", "azure"};
  CHECK(nearest("burst", words) == "BurstGPT");
  CHECK_FALSE(nearest("moon", words));  // two begin so
  CHECK_FALSE(nearest("az", words));
  CHECK_FALSE(nearest("gpt", words));
}

TEST_CASE("without a near word all are listed")
{
  const std::vector<std::string> words{"hidden", "layers"};
  CHECK(suggestion("layer", words, "known keys") == "; did you mean \"layers\"?");
  CHECK(suggestion("colour", words, "known keys") == "; known keys: hidden, layers");
  CHECK(suggestion("colour", {}, "known keys").empty());
}

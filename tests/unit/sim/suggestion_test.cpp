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

TEST_CASE("of the words that begin with what was typed the shortest is near")
{
  const std::vector<std::string> words{"mooncake", "mooncake-sessions", "BurstGPT", "azure"};
  CHECK(nearest("burst", words) == "BurstGPT");
  CHECK(nearest("moon", words) == "mooncake");
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

TEST_CASE("a name that begins with what was typed is near")
{
  const std::vector<std::string> words{"hidden", "ttft_p999_ms", "ttft_p99_ms", "ttft_min_ms", "ttft_p99_ms"};
  CHECK(nearest("ttft_p99", words) == "ttft_p99_ms");
  CHECK(nearest("TTFT", words) == "ttft_p99_ms");
  CHECK_FALSE(nearest("tt", words));
  CHECK(did_you_mean("ttft_m", words) == "; did you mean \"ttft_min_ms\"?");
  CHECK(did_you_mean("ttft", words) == "; did you mean \"ttft_p99_ms\", \"ttft_min_ms\" or \"ttft_p999_ms\"?");
  CHECK(did_you_mean("hiden", words) == "; did you mean \"hidden\"?");
  CHECK(did_you_mean("colour", words).empty());
  CHECK(nearest_words("ttft_p99", words, 3) == std::vector<std::string>{"ttft_p99_ms", "ttft_p999_ms", "ttft_min_ms"});
}

TEST_CASE("a long list is cut to the nearest and says where all are")
{
  const std::vector<std::string> words{"one", "two", "three", "four", "five", "colours"};
  CHECK(short_suggestion("zz", words, "metrics", "cmsim list metrics") ==
        "; metrics: one, two, four, five, three, ... (cmsim list metrics shows all)");
  CHECK(short_suggestion("colour", words, "metrics", "cmsim list metrics") == "; did you mean \"colours\"?");
  CHECK(short_suggestion("zz", std::vector<std::string>{"one"}, "metrics", "cmsim list metrics") == "; metrics: one");
}

#include "tools/terminal/shell_words.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("a command line has quotes only where a shell needs them")
{
  const std::vector<std::string> words{"cmsim",  "run",     "s.yaml", "--set", "machine.ub.lane_bandwidth=14 GB/s",
                                       "a+=2 %", "it's $x", "",       "2%"};
  CHECK(shell_text(words) == "cmsim run s.yaml --set 'machine.ub.lane_bandwidth=14 GB/s' 'a+=2 %' 'it'\\''s $x' '' 2%");
  CHECK(shell_words(shell_text(words)) == words);
}

TEST_CASE("a quote that is not closed makes no words")
{
  CHECK_FALSE(shell_words("cmsim 'run"));
  CHECK(shell_words("  a   b ") == std::vector<std::string>{"a", "b"});
  CHECK(shell_words("")->empty());
}

// The one file that compiles Catch2's own code, which takes longer than all tests of a layer.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

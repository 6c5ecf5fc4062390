#include "tests/unit/sim/temporary_folder.h"
#include "tools/report/chart_library.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("why npm does not bring what draws charts is told in its words")
{
  const cm::tests::TemporaryFolder folder;
  folder.put("charts/build", "echo fetching >&2; echo 'npm ERR! 404 Not Found' >&2; exit 3\n");
  cm::sim::metrics::NoProgress silent;
  const ChartLibrary library = chart_library({folder.file("charts"), folder.file("built")}, silent);
  CHECK(library.code.empty());
  CHECK_THAT(library.missing, Catch::Contains("the chart library could not be installed with npm: 404 Not Found. ") &&
                                  Catch::Contains("apt-get install nodejs npm"));
}

TEST_CASE("what draws charts is taken as it lies there")
{
  const cm::tests::TemporaryFolder folder;
  folder.put("charts/charts.js", "code");
  cm::sim::metrics::NoProgress silent;
  CHECK(chart_library({folder.file("charts"), folder.file("built")}, silent).code == "code");
}

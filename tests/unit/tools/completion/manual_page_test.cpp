#include "tools/completion/manual_page.h"

#include <catch2/catch.hpp>

using cm::tools::manual_page;

namespace {

std::string page()
{
  CLI::App program;
  CLI::App& run = *program.add_subcommand("run", "simulates\n.one \\ scenario");
  static std::string text = "a-b";
  run.add_option("scenario", text, "a file")->type_name("SCENARIO");
  run.add_option("--out", text, "write there")->type_name("DIR")->capture_default_str();
  run.footer("Examples:\n  'cmsim run'");
  return manual_page(program, "0.1.0");
}

}  // namespace

TEST_CASE("a command of the manual page has its arguments and its options with their defaults")
{
  const std::string text = page();
  CHECK_THAT(text, Catch::StartsWith(".TH CMSIM 1 \"\" \"cmsim 0.1.0\""));
  CHECK_THAT(text, Catch::Contains("\\fBcmsim run\\fR [\\fIOPTIONS\\fR] \\fISCENARIO\\fR\n"));
  CHECK_THAT(text, Catch::Contains(".TP\n\\fB\\-\\-out\\fR \\fIDIR\\fR\nwrite there (default a\\-b)\n"));
}

TEST_CASE("texts of the program are no requests to man")
{
  const std::string text = page();
  CHECK_THAT(text, Catch::Contains("simulates\n\\&.one \\e scenario\n"));
}

#include "sim/diagnostics/errors.h"
#include "tools/command_line/command_line.h"
#include "tools/command_line/config_root.h"
#include "tools/command_line/help_format.h"
#include "tools/command_line/standard_streams.h"
#include "tools/program/calibrate_command.h"
#include "tools/program/compare_command.h"
#include "tools/program/completion_command.h"
#include "tools/program/list_command.h"
#include "tools/program/report_command.h"
#include "tools/program/run_command.h"
#include "tools/program/schema_command.h"
#include "tools/program/sensitivity_command.h"
#include "tools/program/sweep_command.h"
#include "tools/program/topology_command.h"
#include "tools/program/validate_command.h"
#include "tools/shipped/version.h"
#include "tools/terminal/standard_error.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <memory>
#include <sstream>
#include <string>

namespace {

enum Status : int { Done = 0, UsersError = 2, OurError = 3 };

// --help and --version.
int show_asked(const CLI::App& program, const CLI::Success& asked)
{
  std::ostringstream text;
  const int status = program.exit(asked, text, text);
  cm::tools::print(text.str());
  return status;
}

int run_program(int count, char** arguments)
{
  CLI::App program("cmsim: simulator of CloudMatrix384-style supernodes", "cmsim");
  // Subcommands inherit it, so it comes first.
  program.formatter(std::make_shared<cm::tools::HelpFormat>());
  program.require_subcommand(1);
  program.set_version_flag("--version", "cmsim " + cm::tools::version_and_commit());
  program.footer("Examples:\n  cmsim run decode-ep320 --out results/decode\n"
                 "  cmsim report results/decode\n\n"
                 "Exit status:\n  0 done\n"
                 "  1 a point of a sweep failed, a row of a validation left its tolerance, a\n"
                 "    comparison found a regression, or a calibration is no fit\n"
                 "  2 what was asked is wrong\n  3 cmsim is wrong, or lacks a package\n"
                 "  130 ended by Ctrl-C, 143 by SIGTERM");
  int status = Done;
  const std::string configs = cm::tools::config_root();
  cm::tools::add_run_command(program, configs, status);
  cm::tools::add_calibrate_command(program, configs, status);
  cm::tools::add_sensitivity_command(program, configs, status);
  cm::tools::add_sweep_command(program, configs, status);
  cm::tools::add_compare_command(program, configs, status);
  cm::tools::add_report_command(program, configs, status);
  cm::tools::add_list_command(program, configs);
  cm::tools::add_schema_command(program, configs);
  cm::tools::add_explain_command(program, configs);
  cm::tools::add_topology_command(program, configs);
  cm::tools::add_validate_command(program, configs, status);
  cm::tools::add_completion_command(program);
  cm::tools::add_manual_command(program);
  if (cm::tools::is_offer_command(count, arguments)) {
    cm::tools::print_offers(program, count, arguments, configs);
    return Done;
  }
  try {
    program.parse(count, arguments);
    return status;
  } catch (const CLI::Success& asked) {
    return show_asked(program, asked);
  } catch (const CLI::ParseError& error) {
    cm::tools::tell(cm::tools::explain(program, error));
    return UsersError;
  }
}

}  // namespace

int main(int count, char** arguments)
{
  cm::tools::open_standard_streams();
  // A file that may not grow is told as any other that cannot be written.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run_program(count, arguments);
  } catch (const cm::ConfigError& error) {
    cm::tools::tell(error.what());
    return UsersError;
  } catch (const std::exception& error) {
    cm::tools::tell(fmt::format(
        "cmsim {}: internal error: {}\nThis is a mistake in cmsim. Please report it with the scenario and the whole "
        "command line.",
        cm::tools::version_and_commit(), error.what()));
    return OurError;
  }
}

#include "tools/program/list_command.h"

#include "sim/config/suggestion.h"
#include "tools/command_line/command_line.h"
#include "tools/command_line/standard_streams.h"
#include "tools/listing/listing.h"

#include <memory>

namespace cm::tools {

void add_list_command(CLI::App& program, const std::string& config_root)
{
  struct ListOptions {
    ListRequest request;
    std::string format = "table";
  };
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<ListOptions>();
  options->request.config_root = config_root;
  CLI::App& command =
      *program.add_subcommand("list", "show the names of scenarios, machines, models, sweeps and metrics");
  command
      .add_option("what", options->request.what,
                  "what is listed: " + sim::config::joined(list_names(), ", ") + "; counts of all when missing")
      ->type_name("WHAT");
  command.add_option("workload", options->request.workload, "with metrics: of this kind of workload alone")
      ->type_name("WORKLOAD");
  add_format_option(command, options->format);
  command.add_option("--configs", options->request.config_root, "folder that holds scenarios/, machines/ and so on")
      ->type_name("DIR");
  command.footer("Examples:\n  cmsim list scenarios\n  cmsim list metrics serving\n  cmsim list models --format json");
  command.callback([options] {
    print(options->format == "json" ? list_json(options->request) : list_table(options->request, output_width()));
  });
}

}  // namespace cm::tools

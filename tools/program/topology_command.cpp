#include "tools/program/topology_command.h"

#include "sim/diagnostics/ensure.h"
#include "tools/program/command_line.h"
#include "tools/program/terminal.h"
#include "tools/runner/run.h"
#include "tools/runner/topology_dot.h"
#include "tools/runner/topology_report.h"

#include <memory>

namespace cm::tools {
namespace {

struct TopologyOptions {
  ScenarioRequest scenario;
  std::string format = "table";
};

void show(const TopologyOptions& options)
{
  const topology::Supernode supernode(scenario_topology(options.scenario));
  if (options.format == "dot")
    return print(topology_dot(supernode));
  const topology::CheckReport report = check_supernode(supernode);
  print(options.format == "json" ? topology_json(supernode, report) : topology_table(supernode, report));
  ensure(report.passed(), "the graph of the machine does not hold what its description promises");
}

}  // namespace

void add_topology_command(CLI::App& program, const std::string& config_root)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<TopologyOptions>();
  options->scenario.config_root = config_root;
  CLI::App& command = *program.add_subcommand("topology", "show and check the machine of a scenario");
  add_scenario_options(command, options->scenario);
  command.add_option("--format", options->format, "what is printed: table, json or dot (for Graphviz)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "json", "dot"}))
      ->capture_default_str();
  command.footer("Example:\n  cmsim topology configs/scenarios/ep.yaml --set machine.nodes=2 --format dot | dot -Tsvg");
  command.callback([options] { show(*options); });
}

}  // namespace cm::tools

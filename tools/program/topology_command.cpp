#include "tools/program/topology_command.h"

#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"
#include "tools/command_line/command_line.h"
#include "tools/command_line/standard_streams.h"
#include "tools/machine_view/topology_dot.h"
#include "tools/machine_view/topology_report.h"
#include "tools/machine_view/topology_svg.h"
#include "tools/runner/run.h"

#include <memory>
#include <optional>

namespace cm::tools {
namespace {

struct TopologyOptions {
  ScenarioRequest scenario;
  std::string format = "table";
  std::string result;  // whose use of the switches is shown
};

std::optional<SwitchUse> use_of(const std::string& result, const topology::SupernodeSpec& machine)
{
  if (result.empty())
    return std::nullopt;
  sim::config::ReadingLog log;
  SwitchUse use = read_switch_use(result, machine, log);
  throw_if_any(log);
  return use;
}

void show(TopologyOptions& options)
{
  locate_scenario(options.scenario);
  if (!options.result.empty() && options.format != "svg")
    throw ConfigError("--result: expected --format svg too, which shows it as colours");
  const topology::Supernode supernode(scenario_topology(options.scenario));
  if (options.format == "svg" && !supernode.spec().fabrics.empty())
    throw ConfigError("--format: svg draws a machine of the kind clos alone; dot draws this one");
  if (options.format == "svg")
    return print(topology_svg(supernode, use_of(options.result, supernode.spec())));
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
  command.add_option("--format", options->format, "what is printed: table, json, dot (for Graphviz) or svg (a page)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "json", "dot", "svg"}))
      ->capture_default_str();
  command.add_option("--result", options->result, "with svg: colour switch chips by how busy they were in this run")
      ->type_name("DIR");
  command.footer("Examples:\n  cmsim topology ep --format svg --result results/ep >ep.svg\n"
                 "  cmsim topology ep --set machine.nodes=2 --format dot | dot -Tsvg");
  command.callback([options] { show(*options); });
}

}  // namespace cm::tools

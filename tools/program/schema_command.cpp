#include "tools/program/schema_command.h"

#include "tools/command_line/standard_streams.h"
#include "tools/schema/explanation.h"
#include "tools/schema/json_schema.h"
#include "tools/schema/key_catalogue.h"

#include <fmt/format.h>

#include <memory>
#include <vector>

namespace cm::tools {
namespace {

struct SchemaOptions {
  std::string word;  // kind of file, or key
  std::string config_root;
};

std::vector<std::string> kind_names()
{
  std::vector<std::string> names;
  for (const SchemaKind& kind : schema_kinds())
    names.emplace_back(kind.name);
  return names;
}

std::string schema_footer()
{
  std::string text = "Kinds:\n";
  for (const SchemaKind& kind : schema_kinds())
    text += fmt::format("  {:<10}  {}\n", kind.name, kind.sentence);
  return text + "\nExample:\n  cmsim schema scenario >scenario.schema.json";
}

}  // namespace

void add_schema_command(CLI::App& program, const std::string& config_root)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<SchemaOptions>();
  options->config_root = config_root;
  CLI::App& command = *program.add_subcommand("schema", "print a JSON Schema of the YAML files, for editors");
  command.add_option("kind", options->word, "of which files; one schema for all of them when missing")
      ->type_name("KIND")
      ->check(CLI::IsMember(kind_names()));
  command.add_option("--configs", options->config_root, "folder that holds machines/, models/ and parts/")
      ->type_name("DIR");
  command.footer(schema_footer());
  command.callback([options] { print(json_schema(read_catalogue(options->config_root), options->word)); });
}

void add_explain_command(CLI::App& program, const std::string& config_root)
{
  const auto options = std::make_shared<SchemaOptions>();
  options->config_root = config_root;
  CLI::App& command =
      *program.add_subcommand("explain", "say what a key or a metric means, with unit, range and source");
  command.add_option("name", options->word, "a key or the end of one, or a metric of results")
      ->type_name("NAME")
      ->required();
  command.add_option("--configs", options->config_root, "folder that holds machines/, models/ and parts/")
      ->type_name("DIR");
  command.footer(
      "Examples:\n  cmsim explain machine.ub.mtu\n  cmsim explain sub_plane_choice\n  cmsim explain ttft_p99_ms");
  command.callback([options] { print(explanation(read_catalogue(options->config_root), options->word)); });
}

}  // namespace cm::tools

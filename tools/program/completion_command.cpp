#include "tools/program/completion_command.h"

#include "tools/command_line/standard_streams.h"
#include "tools/completion/command_tree.h"
#include "tools/completion/completion_script.h"
#include "tools/completion/manual_page.h"
#include "tools/completion/offers.h"
#include "tools/listing/listing.h"
#include "tools/shipped/version.h"
#include "tools/validate/groups.h"
#include "tools/workload_kinds/workload_table.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

void add_completion_command(CLI::App& program)
{
  // Owned by the callback below, which lives as long as the command.
  const auto shell = std::make_shared<std::string>();
  CLI::App& command = *program.add_subcommand("completion", "print what a shell needs to complete this command line");
  command.add_option("shell", *shell, "bash or zsh")
      ->required()
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh"}));
  command.footer("Examples:\n  source <(cmsim completion bash)\n"
                 "  cmsim completion zsh >~/.zsh/completions/_cmsim");
  command.callback([shell] { print(std::string(*shell == "bash" ? bash_completion() : zsh_completion())); });
}

bool is_offer_command(int count, const char* const* arguments)
{
  return count > 1 && std::string_view(arguments[1]) == OfferCommand;
}

void print_offers(const CLI::App& program, int count, const char* const* arguments, const std::string& config_root)
{
  std::vector<std::string> groups;
  for (const GroupKind& kind : group_table())
    groups.emplace_back(kind.name);
  std::vector<std::string> workloads;
  for (const WorkloadKind& kind : workload_table())
    workloads.emplace_back(kind.name);
  print(to_lines(offers({.commands = commands_of(program),
                         .words = std::vector<std::string>(arguments + 2, arguments + count),
                         .config_root = config_root,
                         .choices = {{"GROUP", groups}, {"WHAT", list_names()}, {"WORKLOAD", workloads}}})));
}

void add_manual_command(CLI::App& program)
{
  CLI::App& command = *program.add_subcommand("manual", "print the manual page, for man");
  command.footer("Example:\n  cmsim manual >cmsim.1 && man ./cmsim.1");
  command.callback([&program] { print(manual_page(program, version())); });
}

}  // namespace cm::tools

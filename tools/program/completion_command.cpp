#include "tools/program/completion_command.h"

#include "tools/program/completion_script.h"
#include "tools/program/manual_page.h"
#include "tools/program/terminal.h"
#include "tools/runner/version.h"

#include <memory>
#include <string>

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
  command.callback([&program, shell] { print(*shell == "bash" ? bash_completion(program) : zsh_completion(program)); });
}

void add_manual_command(CLI::App& program)
{
  CLI::App& command = *program.add_subcommand("manual", "print the manual page, for man");
  command.footer("Example:\n  cmsim manual >cmsim.1 && man ./cmsim.1");
  command.callback([&program] { print(manual_page(program, version())); });
}

}  // namespace cm::tools

#include "tools/completion/manual_page.h"

#include "sim/config/suggestion.h"
#include "tools/completion/command_tree.h"

#include <fmt/format.h>

#include <string_view>

namespace cm::tools {
namespace {

constexpr std::string_view Introduction =
    R"(simulates a CloudMatrix384-style supernode that serves large mixture-of-experts language models.
It follows every packet of every dispatch and combine through the switches of the machine, beside the
operators of every die, and tells what comes out: time per output token, throughput, and where the
time of a layer goes. Scenarios, machines, models and sweeps are YAML files.
)";

constexpr std::string_view Ending = R"(.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
A point of a sweep failed, a row of a validation left its tolerance, a comparison found a regression, or a calibration is
no fit.
.TP
.B 2
What was asked is wrong: all mistakes are told at once, with file, line and column.
.TP
.B 3
cmsim is wrong, or lacks a package.
.TP
.B 130, 143
Ended by Ctrl\-C or SIGTERM.
.SH ENVIRONMENT
.TP
.B NO_COLOR
When set and not empty, nothing is printed in colour. Colour is used on terminals only.
.TP
.B XDG_CACHE_HOME
Where an installed cmsim keeps what draws the charts of its reports; ~/.cache when not set.
.SH FILES
.TP
.I DIR/result.json
Everything about a run, schema cmsim-result/1. Equal runs give equal bytes.
.TP
.I DIR/results.csv, DIR/points/*.json
The points of a sweep.
.TP
.I DIR/report.html
What cmsim report writes.
)";

// A line that starts with a point or a quote is a request, and a backslash starts an escape; a minus is no hyphen.
std::string roff(std::string_view text)
{
  std::string safe;
  bool is_line_start = true;
  for (const char letter : text) {
    if (is_line_start && (letter == '.' || letter == '\''))
      safe += "\\&";
    if (letter == '\\')
      safe += "\\e";
    else if (letter == '-')
      safe += "\\-";
    else
      safe += letter;
    is_line_start = letter == '\n';
  }
  return safe;
}

std::string option_text(const OptionEntry& option)
{
  std::string head;
  for (const std::string& name : option.names)
    head += fmt::format("{}\\fB{}\\fR", head.empty() ? "" : ", ", roff(name));
  if (!option.is_flag())
    head += fmt::format("{}\\fI{}\\fR", head.empty() ? "" : " ", roff(option.value));
  std::string sentence = roff(option.sentence);
  if (!option.choices.empty())
    sentence += roff(fmt::format(" (one of {})", sim::config::joined(option.choices, ", ")));
  if (!option.default_text.empty())
    sentence += roff(fmt::format(" (default {})", option.default_text));
  return fmt::format(".TP\n{}\n{}\n", head, sentence);
}

std::string command_text(const CommandEntry& command)
{
  std::string positionals;
  for (const OptionEntry& option : command.options)
    if (option.is_positional())
      positionals += fmt::format(" \\fI{}\\fR", roff(option.value));
  std::string text = fmt::format(".SS cmsim {}\n\\fBcmsim {}\\fR [\\fIOPTIONS\\fR]{}\n.PP\n{}\n", command.name,
                                 command.name, positionals, roff(command.sentence));
  for (const OptionEntry& option : command.options)
    text += option_text(option);
  if (!command.footer.empty())
    text += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(command.footer));
  return text;
}

}  // namespace

std::string manual_page(const CLI::App& program, const std::string& version)
{
  std::string text =
      fmt::format(".TH CMSIM 1 \"\" \"cmsim {}\" \"User Commands\"\n.SH NAME\n"
                  "cmsim \\- simulator of CloudMatrix384\\-style supernodes\n.SH SYNOPSIS\n"
                  ".B cmsim\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n.B cmsim\n{}.SH COMMANDS\n",
                  version, roff(Introduction));
  for (const CommandEntry& command : commands_of(program))
    text += command_text(command);
  return text + std::string(Ending);
}

}  // namespace cm::tools

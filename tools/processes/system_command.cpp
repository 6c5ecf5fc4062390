#include "tools/processes/system_command.h"

#include "sim/config/suggestion.h"
#include "tools/processes/process.h"
#include "tools/signals/awaited_children.h"
#include "tools/signals/signal_relay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string_view>

namespace cm::tools {
namespace {

constexpr std::size_t MostLinesOfReason = 4;

// Terminals show what stands behind the last return of the carriage.
std::string last_line(std::string text)
{
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.pop_back();
  const std::size_t before = text.find_last_of("\r\n");
  return before == std::string::npos ? text : text.substr(before + 1);
}

// "sbatch: error: Invalid partition" is "Invalid partition".
std::string without_speaker(std::string_view line)
{
  for (const std::string_view word : {"error: ", "fatal: ", "ERR! "})
    if (const std::size_t at = line.find(word); at != std::string_view::npos)
      return std::string(line.substr(at + word.size()));
  return std::string(line);
}

bool is_error(const std::string& line)
{
  return without_speaker(line) != line;
}

Process process_of(const std::vector<std::string>& arguments, StopRequests stops)
{
  return Process({.program = arguments.front(), .arguments = arguments, .stops = stops});
}

CommandOutcome outcome_of(const Process& process, bool is_cut_short)
{
  return {.status = process.status(),
          .output = process.output(),
          .complaint = process.complaint(),
          .is_cut_short = is_cut_short};
}

}  // namespace

CommandOutcome run_command(const std::vector<std::string>& arguments, const CommandWatch& watch)
{
  SignalRelay relay;
  Process process = process_of(arguments, StopRequests::PassByGroup);
  process.wait(relay, [&] {
    if (watch)
      watch(last_line(process.complaint()));
  });
  return outcome_of(process, false);
}

CommandOutcome run_command(const std::vector<std::string>& arguments, std::chrono::milliseconds limit)
{
  const AwaitedChildren awaited;
  Process process = process_of(arguments, StopRequests::PassByGroup);
  const bool is_cut_short = !process.wait(limit);
  // With all that it started.
  process.end();
  return outcome_of(process, is_cut_short);
}

std::string reason_of(const CommandOutcome& outcome)
{
  std::vector<std::string> lines;
  std::istringstream text(outcome.complaint);
  for (std::string line; std::getline(text, line);)
    if (line.find_first_not_of(" \t\r") != std::string::npos)
      lines.push_back(line);
  if (std::ranges::any_of(lines, is_error)) {
    std::erase_if(lines, [](const std::string& line) { return !is_error(line); });
    std::ranges::transform(lines, lines.begin(), without_speaker);
  }
  if (lines.size() > MostLinesOfReason)
    lines.erase(lines.begin(), lines.end() - MostLinesOfReason);
  if (outcome.is_cut_short)
    lines.emplace_back("it did not end in time and was killed");
  return lines.empty() ? fmt::format("it ended with status {} and said nothing", outcome.status)
                       : sim::config::joined(lines, "; ");
}

}  // namespace cm::tools

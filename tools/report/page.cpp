#include "tools/report/page.h"

#include <fmt/format.h>

namespace cm::tools {

std::vector<Chart> Page::charts() const
{
  std::vector<Chart> all;
  for (const PageSection& section : sections)
    for (const PageBlock& block : section.blocks)
      if (const Chart* chart = std::get_if<Chart>(&block))
        all.push_back(*chart);
  return all;
}

std::string drawn_of(std::size_t drawn, std::size_t all, const std::string& things)
{
  if (drawn == all && all == 1)
    return fmt::format("The only one of the {} is drawn.", things);
  return drawn == all ? fmt::format("All {} {} are drawn.", all, things)
                      : fmt::format("{} of {} {} {} drawn.", drawn, all, things, drawn == 1 ? "is" : "are");
}

std::string file_name_of(const std::string& text)
{
  std::string name;
  for (const char letter : text) {
    const bool is_digit = letter >= '0' && letter <= '9';
    const bool is_small = letter >= 'a' && letter <= 'z';
    const bool is_large = letter >= 'A' && letter <= 'Z';
    if (is_large)
      name += static_cast<char>(letter - 'A' + 'a');
    else if (is_digit || is_small)
      name += letter;
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  while (name.ends_with('-'))
    name.pop_back();
  return name.empty() ? "chart" : name;
}

}  // namespace cm::tools

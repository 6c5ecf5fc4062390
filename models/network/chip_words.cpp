#include "models/network/chip_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

namespace cm::models {
namespace {

// Chips that differ by less than this share of their mean are even.
constexpr double Even = 0.1;
// Share of the larger spread from which the spread along the other side of the grid is told too.
constexpr double AlsoCounts = 0.5;

std::string one_of(std::string_view word, std::size_t number)
{
  return fmt::format("{} {}", word.substr(0, word.size() - 1), number);
}

// Means along one side of the grid, of the chips that are not idle.
struct Side {
  std::vector<double> means;         // of the chips that count
  std::vector<std::size_t> numbers;  // their numbers

  void add(std::size_t number, double sum, std::size_t count)
  {
    if (count == 0)
      return;
    means.push_back(sum / static_cast<double>(count));
    numbers.push_back(number);
  }
  [[nodiscard]] std::size_t most() const
  {
    return static_cast<std::size_t>(std::ranges::max_element(means) - means.begin());
  }
  [[nodiscard]] std::size_t least() const
  {
    return static_cast<std::size_t>(std::ranges::min_element(means) - means.begin());
  }
  [[nodiscard]] double spread() const { return means.empty() ? 0 : means[most()] - means[least()]; }
  [[nodiscard]] std::string words(std::string_view word) const
  {
    return fmt::format("by {}: most at {} ({:.3g} %), least at {} ({:.3g} %)", word.substr(0, word.size() - 1),
                       one_of(word, numbers[most()]), means[most()], one_of(word, numbers[least()]), means[least()]);
  }
};

Side by_sub_plane(const ChipGrid& grid, const std::vector<bool>& idle)
{
  Side side;
  for (std::size_t plane = 0; plane < grid.size(); ++plane) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t chip = 0; chip < idle.size(); ++chip)
      if (!idle[chip]) {
        sum += grid[plane][chip];
        ++count;
      }
    side.add(plane, sum, count);
  }
  return side;
}

Side by_chip(const ChipGrid& grid, const std::vector<bool>& idle)
{
  Side side;
  for (std::size_t chip = 0; chip < idle.size(); ++chip) {
    double sum = 0;
    for (const std::vector<double>& plane : grid)
      sum += plane[chip];
    side.add(chip, sum, idle[chip] ? 0 : grid.size());
  }
  return side;
}

// Whether the busiest node's ranks send more than those of the least busy one, or more of it to other nodes.
std::string cause(const Side& chips, const std::vector<NodeTraffic>& nodes)
{
  const std::size_t busiest = chips.numbers[chips.most()];
  const NodeTraffic& most = nodes[busiest];
  const NodeTraffic& least = nodes[chips.numbers[chips.least()]];
  if (most.sent <= 0 || least.sent <= 0 || most.left <= 0 || least.left <= 0)
    return "";
  const double sent = std::log(most.sent / least.sent);
  const double left = std::log(most.left / least.left);
  // Links are busier by what leaves the node; where that is no more, the bytes explain nothing.
  if (left <= 0)
    return "";
  if (sent >= left / 2)
    return fmt::format("; endpoints of node {} send {:.3g} times as many bytes", busiest, most.sent / least.sent);
  return fmt::format("; {:.3g} % of what endpoints of node {} send leaves the node, {:.3g} % at the other",
                     100 * most.left / most.sent, busiest, 100 * least.left / least.sent);
}

std::string spread_words(std::string_view word, const ChipGrid& grid, const std::vector<bool>& idle,
                         const std::vector<NodeTraffic>& nodes)
{
  std::vector<double> busy;
  for (const std::vector<double>& plane : grid)
    for (std::size_t chip = 0; chip < idle.size(); ++chip)
      if (!idle[chip])
        busy.push_back(plane[chip]);
  if (busy.empty())
    return "no packet crossed these links";
  const auto [least, most] = std::ranges::minmax(busy);
  double sum = 0;
  for (const double each : busy)
    sum += each;
  const std::string range = least == most ? fmt::format("busy {:.3g} % of the run", most)
                                          : fmt::format("busy {:.3g} to {:.3g} % of the run", least, most);
  if (most - least <= Even * sum / static_cast<double>(busy.size()))
    return range + ", which is even";
  const Side planes = by_sub_plane(grid, idle);
  const Side chips = by_chip(grid, idle);
  const double larger = std::max(planes.spread(), chips.spread());
  std::string text = range;
  if (planes.spread() >= AlsoCounts * larger)
    text += "; it differs " + planes.words("sub-planes");
  if (chips.spread() >= AlsoCounts * larger) {
    text += "; it differs " + chips.words(word);
    if (!nodes.empty())
      text += cause(chips, nodes);
  }
  return text;
}

}  // namespace

std::vector<bool> idle_chips(const ChipGrid& grid)
{
  std::vector<bool> idle(grid.empty() ? 0 : grid.front().size(), true);
  for (const std::vector<double>& plane : grid)
    for (std::size_t chip = 0; chip < idle.size(); ++chip)
      if (plane[chip] >= IdlePercent)
        idle[chip] = false;
  return idle;
}

std::string numbered(std::string_view word, const std::vector<bool>& chosen)
{
  std::string text;
  std::size_t count = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (!chosen[i])
      continue;
    std::size_t last = i;
    while (last + 1 < chosen.size() && chosen[last + 1])
      ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", i);
    if (last > i)
      text += fmt::format("-{}", last);
    count += last - i + 1;
    i = last;
  }
  return count == 0 ? "" : fmt::format("{} {}", count == 1 ? word.substr(0, word.size() - 1) : word, text);
}

std::string chip_words(std::string_view word, const ChipGrid& grid, const std::vector<NodeTraffic>& nodes)
{
  const std::vector<bool> idle = idle_chips(grid);
  std::vector<bool> sending;
  for (const NodeTraffic& node : nodes)
    sending.push_back(node.sent > 0);
  std::string text;
  if (const std::string holders = numbered(word, sending); !holders.empty())
    text += holders + (std::ranges::count(sending, true) == 1 ? " sends; " : " send; ");
  const auto idle_count = std::ranges::count(idle, true);
  if (idle_count > 0 && idle_count < static_cast<std::ptrdiff_t>(idle.size()))
    text += numbered(word, idle) + (idle_count == 1 ? " is idle; the others are " : " are idle; the others are ");
  return text + spread_words(word, grid, idle, nodes);
}

}  // namespace cm::models

#include "tools/machine_view/topology_svg.h"

#include "models/network/chip_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::tools {
namespace {

using topology::SupernodeSpec;

// A4, landscape, in tenths of a millimetre.
constexpr double PageWidth = 2970;
constexpr double PageHeight = 2100;
constexpr double Margin = 90;
constexpr double TitleHeight = 270;
constexpr double WordsHeight = 32;       // of a line on the use of chips
constexpr std::size_t WordsWidth = 200;  // letters of such a line
constexpr double PlanesHeight = 330;
constexpr double CablesHeight = 130;
constexpr double FooterHeight = 60;

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  [[nodiscard]] Box inset(double by) const { return {x + by, y + by, width - 2 * by, height - 2 * by}; }

  // Cell `index` of a grid of so many columns and rows, with a gap between cells.
  [[nodiscard]] Box cell(std::uint32_t index, std::uint32_t columns, std::uint32_t rows, double gap) const
  {
    const double w = (width + gap) / columns;
    const double h = (height + gap) / rows;
    const std::uint32_t row = index / columns;
    const std::uint32_t column = index % columns;
    return {x + w * column, y + h * row, w - gap, h - gap};
  }
};

struct Colour {
  int red = 0;
  int green = 0;
  int blue = 0;
};

// From idle to the busiest chip; in grey print they get darker all the way.
constexpr std::array<Colour, 4> Ramp{{{236, 242, 248}, {126, 184, 218}, {44, 116, 178}, {86, 20, 70}}};

std::string ramp(double share)
{
  const double place = std::clamp(share, 0.0, 1.0) * (Ramp.size() - 1);
  const auto low = std::min(static_cast<std::size_t>(place), Ramp.size() - 2);
  const double part = place - static_cast<double>(low);
  const auto mix = [&](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * part)); };
  const Colour& from = Ramp.at(low);
  const Colour& to = Ramp.at(low + 1);
  return fmt::format("#{:02x}{:02x}{:02x}", mix(from.red, to.red), mix(from.green, to.green), mix(from.blue, to.blue));
}

// The number of columns in which `count` boxes of about that width over height fill a place best: few cells stay empty,
// and boxes are neither flat nor narrow.
std::uint32_t best_columns(std::uint32_t count, const Box& place, double aspect)
{
  std::uint32_t best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t columns = 1; columns <= count; ++columns) {
    const std::uint32_t rows = (count + columns - 1) / columns;
    const double box = (place.width / columns) / (place.height / rows);
    const double empty = 1 - static_cast<double>(count) / (columns * rows);
    const double badness = std::abs(std::log(box / aspect)) + 3 * empty;
    if (badness < least) {
      least = badness;
      best = columns;
    }
  }
  return best;
}

// Nothing when all are idle: a picture of nothing tells nobody where nothing was.
std::vector<char> folded(const std::vector<bool>& idle)
{
  const bool is_mixed = std::ranges::count(idle, true) > 0 && std::ranges::count(idle, false) > 0;
  return is_mixed ? std::vector<char>(idle.begin(), idle.end()) : std::vector<char>();
}

// Cut between words.
std::vector<std::string> lines_of(const std::string& words)
{
  std::vector<std::string> lines;
  for (std::string left = words; !left.empty();) {
    std::size_t end = left.size() <= WordsWidth ? left.size() : left.rfind(' ', WordsWidth);
    if (end == std::string::npos || end == 0)
      end = left.size();
    lines.push_back(left.substr(0, end));
    left.erase(0, std::min(end + 1, left.size()));
  }
  return lines;
}

class Picture {
 public:
  Picture(const SupernodeSpec& spec, const std::optional<SwitchUse>& use) : spec_(spec), use_(use)
  {
    if (!use)
      return;
    idle_nodes_ = folded(models::idle_chips(use->l1));
    idle_l2_ = folded(models::idle_chips(use->l2));
    for (const std::string& words : use->words)
      for (std::string& line : lines_of(words))
        words_.push_back(std::move(line));
  }

  std::string draw();

 private:
  void title();
  void legend();
  void planes();
  void plane(const Box& box, std::uint32_t sub_plane);
  void cables();
  void racks();
  void folded_racks(const Box& box, std::uint32_t first, std::uint32_t last);
  void rack(const Box& box, std::uint32_t rack);
  void node(const Box& box, std::uint32_t node);
  void footer();

  // Planes that are drawn: those of the machine, then those that it lacks.
  [[nodiscard]] std::uint32_t planes_drawn() const { return std::max(spec_.sub_planes, spec_.cpu_lanes); }
  [[nodiscard]] double planes_top() const { return TitleHeight + WordsHeight * static_cast<double>(words_.size()); }
  [[nodiscard]] bool is_idle_l2(std::uint32_t l2) const { return !idle_l2_.empty() && idle_l2_[l2]; }
  // All nodes of the rack, when others are not.
  [[nodiscard]] bool is_idle_rack(std::uint32_t rack) const
  {
    if (idle_nodes_.empty())
      return false;
    const auto nodes = std::span(idle_nodes_).subspan(std::size_t{rack} * spec_.nodes_per_rack);
    return std::ranges::all_of(nodes.first(std::min<std::size_t>(nodes.size(), spec_.nodes_per_rack)),
                               [](char idle) { return idle != 0; });
  }
  [[nodiscard]] bool is_lost(std::uint32_t sub_plane) const { return sub_plane >= spec_.sub_planes; }
  [[nodiscard]] Box plane_box(std::uint32_t sub_plane) const
  {
    const Box all{Margin, planes_top(), PageWidth - 2 * Margin, PlanesHeight};
    return all.cell(sub_plane, planes_drawn(), 1, 24);
  }
  void chip(const Box& box, std::string_view name, std::optional<double> busy, bool is_lost);
  void rectangle(const Box& box, std::string_view style, std::string_view tip = {});
  void text(double x, double y, double size, std::string_view words, std::string_view more = {});

  template <typename... Values>
  void add(fmt::format_string<Values...> format, Values&&... values)
  {
    fmt::format_to(std::back_inserter(svg_), format, std::forward<Values>(values)...);
  }

  const SupernodeSpec& spec_;            // borrowed
  const std::optional<SwitchUse>& use_;  // borrowed
  std::vector<char> idle_nodes_;         // empty: none, or all
  std::vector<char> idle_l2_;            // [chip], on every sub-plane
  std::vector<std::string> words_;       // lines on the use of chips
  std::string svg_;
};

std::string Picture::draw()
{
  add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"297mm\" height=\"210mm\" viewBox=\"0 0 {} {}\" "
      "font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\" role=\"img\">\n",
      PageWidth, PageHeight);
  add("<title>{} nodes, {} NPUs, {} sub-planes</title>\n", spec_.nodes, spec_.npus(), spec_.sub_planes);
  rectangle({0, 0, PageWidth, PageHeight}, "fill=\"#ffffff\"");
  title();
  legend();
  cables();
  planes();
  racks();
  footer();
  add("</svg>\n");
  return std::move(svg_);
}

void Picture::title()
{
  text(Margin, 130, 52,
       fmt::format("{} NPUs in {} nodes and {} racks, {} UB sub-planes", spec_.npus(), spec_.nodes, spec_.racks(),
                   spec_.sub_planes));
  text(Margin, 190, 32,
       fmt::format("A node: {} NPUs of {} dies, {} CPUs, an L1 chip per sub-plane. A sub-plane: {} L2 chips.",
                   spec_.npus_per_node, spec_.dies_per_npu, spec_.cpus_per_node, spec_.l2_per_sub_plane),
       "fill=\"#444\"");
}

void Picture::legend()
{
  constexpr double Width = 420;
  const double x = PageWidth - Margin - Width;
  if (!use_)
    return;
  constexpr int Steps = 42;
  for (int step = 0; step < Steps; ++step)
    rectangle({x + Width * step / Steps, 150, Width / Steps + 1, 34},
              fmt::format("fill=\"{}\"", ramp(static_cast<double>(step) / (Steps - 1))));
  text(x + Width, 138, 30, "ports of a chip busy, mean of the run", "text-anchor=\"end\"");
  text(x, 220, 30, "0 %");
  text(x + Width, 220, 30, "100 %", "text-anchor=\"end\"");
  double y = TitleHeight - 10;
  for (const std::string& line : words_) {
    text(Margin, y, 26, line, "fill=\"#444\"");
    y += WordsHeight;
  }
}

void Picture::planes()
{
  for (std::uint32_t sub_plane = 0; sub_plane < planes_drawn(); ++sub_plane)
    plane(plane_box(sub_plane), sub_plane);
}

void Picture::plane(const Box& box, std::uint32_t sub_plane)
{
  const bool lost = is_lost(sub_plane);
  rectangle(box, lost ? "fill=\"#fff4f2\" stroke=\"#b3261e\" stroke-width=\"4\" stroke-dasharray=\"16 10\" rx=\"10\""
                      : "fill=\"#f6f7f9\" stroke=\"#8a939e\" stroke-width=\"3\" rx=\"10\"");
  text(box.x + 16, box.y + 44, 30, lost ? "out of service" : fmt::format("sub-plane {}", sub_plane),
       lost ? "fill=\"#b3261e\"" : "");
  if (spec_.l2_per_sub_plane == 0)
    return;
  const auto idle = static_cast<std::uint32_t>(std::ranges::count_if(idle_l2_, [](char each) { return each != 0; }));
  const std::uint32_t shown = spec_.l2_per_sub_plane - idle;
  const auto columns = static_cast<std::uint32_t>(std::ceil(std::sqrt(shown)));
  const std::uint32_t rows = (shown + columns - 1) / columns;
  const double folded_height = idle > 0 ? 34 : 0;
  const Box inner{box.x + 16, box.y + 62, box.width - 32, box.height - 78 - folded_height};
  if (idle > 0)
    text(box.x + 16, box.y + box.height - 14, 24,
         fmt::format("{}: idle", models::numbered("chips", {idle_l2_.begin(), idle_l2_.end()})), "fill=\"#444\"");
  std::uint32_t place = 0;
  for (std::uint32_t l2 = 0; l2 < spec_.l2_per_sub_plane; ++l2) {
    if (is_idle_l2(l2))
      continue;
    const auto busy = use_ && !lost ? std::optional(use_->l2.at(sub_plane).at(l2)) : std::nullopt;
    chip(inner.cell(place++, columns, rows, 10), fmt::format("L2 chip {} of sub-plane {}", l2, sub_plane), busy, lost);
  }
}

void Picture::cables()
{
  if (spec_.l2_per_sub_plane == 0)
    return;
  const double bottom = planes_top() + PlanesHeight;
  const double bus = bottom + CablesHeight - 66;
  for (std::uint32_t sub_plane = 0; sub_plane < planes_drawn(); ++sub_plane) {
    const Box box = plane_box(sub_plane);
    if (!is_lost(sub_plane))
      add("<path d=\"M{:.0f} {:.0f} V{:.0f}\" stroke=\"#3b82c4\" stroke-width=\"7\"/>\n", box.x + box.width / 2, bottom,
          bus);
  }
  add("<path d=\"M{:.0f} {:.0f} H{:.0f}\" stroke=\"#3b82c4\" stroke-width=\"7\"/>\n", Margin, bus, PageWidth - Margin);
  text(Margin, bus + 42, 30,
       fmt::format("every node's L1 chip to each L2 chip of its sub-plane: {} links of {:.6g} GB/s each way",
                   spec_.nodes * spec_.sub_planes * spec_.l2_per_sub_plane, spec_.uplink_bandwidth.count() * 1e-9),
       "fill=\"#1f6fb5\"");
}

void Picture::racks()
{
  const double top = planes_top() + PlanesHeight + CablesHeight;
  const Box all{Margin, top, PageWidth - 2 * Margin, PageHeight - Margin - FooterHeight - top};
  // Idle racks that follow each other share a place.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> places;
  for (std::uint32_t i = 0; i < spec_.racks(); ++i) {
    if (i > 0 && is_idle_rack(i) && is_idle_rack(i - 1))
      places.back().second = i;
    else
      places.emplace_back(i, i);
  }
  const auto count = static_cast<std::uint32_t>(places.size());
  const std::uint32_t columns = best_columns(count, all, 1.4);
  const std::uint32_t rows = (count + columns - 1) / columns;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Box box = all.cell(i, columns, rows, 24);
    if (is_idle_rack(places[i].first))
      folded_racks(box, places[i].first, places[i].second);
    else
      rack(box, places[i].first);
  }
}

void Picture::folded_racks(const Box& box, std::uint32_t first, std::uint32_t last)
{
  rectangle(box, "fill=\"#f6f7f9\" stroke=\"#8a939e\" stroke-width=\"3\" stroke-dasharray=\"10 8\" rx=\"10\"");
  const auto span = [](std::string_view word, std::uint32_t from, std::uint32_t to) {
    return from == to ? fmt::format("{} {}", word, from) : fmt::format("{}s {}-{}", word, from, to);
  };
  const std::uint32_t nodes_end = std::min((last + 1) * spec_.nodes_per_rack, spec_.nodes);
  const double size = std::min(28.0, box.height / 8);
  text(box.x + 14, box.y + size + 8, size, span("rack", first, last));
  text(box.x + 14, box.y + 2.4 * size + 8, size,
       fmt::format("{}: idle", span("node", first * spec_.nodes_per_rack, nodes_end - 1)), "fill=\"#444\"");
}

void Picture::rack(const Box& box, std::uint32_t rack)
{
  rectangle(box, "fill=\"none\" stroke=\"#8a939e\" stroke-width=\"3\" rx=\"10\"");
  const double size = std::min(28.0, box.height / 8);
  text(box.x + 14, box.y + size + 8, size, fmt::format("rack {}", rack));
  const std::uint32_t first = rack * spec_.nodes_per_rack;
  const std::uint32_t count = std::min(spec_.nodes_per_rack, spec_.nodes - first);
  const Box inner{box.x + 12, box.y + size + 18, box.width - 24, box.height - size - 30};
  const std::uint32_t columns = best_columns(spec_.nodes_per_rack, inner, 1.0);
  const std::uint32_t rows = (spec_.nodes_per_rack + columns - 1) / columns;
  for (std::uint32_t i = 0; i < count; ++i)
    node(inner.cell(i, columns, rows, 12), first + i);
}

void Picture::node(const Box& box, std::uint32_t node)
{
  rectangle(box, "fill=\"#f6f7f9\" stroke=\"#c3c9d0\" stroke-width=\"2\" rx=\"6\"");
  const Box inner = box.inset(std::min(8.0, box.width / 20));
  const double label = std::min(24.0, inner.height / 5);
  text(inner.x, inner.y + label * 0.85, label, fmt::format("node {}", node), "fill=\"#444\"");
  const double left = inner.height - label;
  const Box chips{inner.x, inner.y + label, inner.width, left * 0.26};
  for (std::uint32_t plane = 0; plane < planes_drawn(); ++plane) {
    const auto busy = use_ && !is_lost(plane) ? std::optional(use_->l1.at(plane).at(node)) : std::nullopt;
    chip(chips.cell(plane, planes_drawn(), 1, 3), fmt::format("L1 chip of node {}, sub-plane {}", node, plane), busy,
         is_lost(plane));
  }
  const Box dies{inner.x, inner.y + label + left * 0.31, inner.width, left * 0.42};
  const std::uint32_t columns = std::max(1U, spec_.npus_per_node);
  for (std::uint32_t npu = 0; npu < spec_.npus_per_node; ++npu) {
    const Box place = dies.cell(npu, columns, 1, 5);
    for (std::uint32_t die = 0; die < spec_.dies_per_npu; ++die)
      rectangle(place.cell(die, 1, spec_.dies_per_npu, 1.5), "fill=\"#d9b98c\"",
                fmt::format("node {}, NPU {}, die {}", node, npu, die));
  }
  const Box cpus{inner.x, inner.y + label + left * 0.79, inner.width, left * 0.21};
  for (std::uint32_t cpu = 0; cpu < spec_.cpus_per_node; ++cpu)
    rectangle(cpus.cell(cpu, spec_.cpus_per_node, 1, 6), "fill=\"#a9c7a4\"", fmt::format("node {}, CPU {}", node, cpu));
}

void Picture::footer()
{
  double x = Margin;
  const double y = PageHeight - Margin;
  const auto entry = [&](std::string_view colour, std::string_view words) {
    rectangle({x, y - 24, 30, 26}, fmt::format("fill=\"{}\" stroke=\"#666\" stroke-width=\"1\"", colour));
    text(x + 42, y, 28, words);
    x += 42 + 17.5 * static_cast<double>(words.size()) + 40;
  };
  entry(use_ ? ramp(0.5) : "#7eb8da", "switch chip (L1 in a node, L2 in a sub-plane)");
  entry("#d9b98c", "die of an NPU");
  entry("#a9c7a4", "CPU");
  if (planes_drawn() > spec_.sub_planes)
    entry("#f3b5ae", "out of service");
}

void Picture::chip(const Box& box, std::string_view name, std::optional<double> busy, bool is_lost)
{
  if (is_lost) {
    rectangle(box, "fill=\"#f3b5ae\" stroke=\"#b3261e\" stroke-width=\"1.5\"", fmt::format("{}: out of service", name));
    return;
  }
  const std::string colour = busy ? ramp(*busy / 100) : "#7eb8da";
  rectangle(box, fmt::format("fill=\"{}\" stroke=\"#5a6570\" stroke-width=\"1\"", colour),
            busy ? fmt::format("{}: {:.2f} % busy", name, *busy) : std::string(name));
}

void Picture::rectangle(const Box& box, std::string_view style, std::string_view tip)
{
  add("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" {}", box.x, box.y, std::max(0.0, box.width),
      std::max(0.0, box.height), style);
  if (tip.empty())
    add("/>\n");
  else
    add("><title>{}</title></rect>\n", tip);
}

void Picture::text(double x, double y, double size, std::string_view words, std::string_view more)
{
  add("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{:.1f}\" {}>{}</text>\n", x, y, size, more, words);
}

}  // namespace

std::string topology_svg(const topology::Supernode& supernode, const std::optional<SwitchUse>& use)
{
  return Picture(supernode.spec(), use).draw();
}

}  // namespace cm::tools

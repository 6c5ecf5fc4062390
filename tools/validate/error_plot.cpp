#include "tools/validate/error_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace cm::tools {
namespace {

// In pixels.
constexpr double Width = 760;
constexpr double NameWidth = 230;
constexpr double LineHeight = 15;
constexpr double Top = 46;
constexpr double Margin = 14;
constexpr double Furthest = 0.3;  // share at the ends of the axis

struct Style {
  std::string_view kind;
  std::string_view colour;
};
constexpr std::array<Style, 3> Styles{{{"fitted", "#4c78a8"}, {"input", "#8a8a8a"}, {"predicted", "#e45756"}}};

double x_of(double error)
{
  const double middle = (NameWidth + Width - Margin) / 2;
  return middle + std::clamp(error / Furthest, -1.0, 1.0) * (Width - Margin - NameWidth) / 2;
}

// Fitted rows are rings, the others are filled: they do not depend on colour alone.
std::string point(double x, double y, std::string_view kind)
{
  const auto* const style = std::ranges::find(Styles, kind, &Style::kind);
  const std::string_view colour = style == Styles.end() ? "black" : style->colour;
  return fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="3.5" fill="{}" stroke="{}" stroke-width="1.5"/>)", x, y,
                     kind == "fitted" ? "white" : colour, colour) +
         "\n";
}

std::string label(double x, double y, std::string_view anchor, std::string_view text)
{
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", x, y, anchor, text) + "\n";
}

std::string legend()
{
  std::string text;
  double x = NameWidth;
  for (const Style& style : Styles) {
    text += point(x, 14, style.kind) + label(x + 8, 18, "start", style.kind);
    x += 90;
  }
  return text + label(x, 18, "start", "grey band: tolerance");
}

std::string axis(double bottom)
{
  std::string text;
  for (const int each : {-30, -20, -10, 0, 10, 20, 30}) {
    const double x = x_of(each / 100.0);
    text += label(x, Top - 10, "middle", fmt::format("{:+} %", each));
    text += fmt::format(R"(<line x1="{0:.1f}" y1="{1:.1f}" x2="{0:.1f}" y2="{2:.1f}" stroke="{3}"/>)", x, Top - 6,
                        bottom, each == 0 ? "#444444" : "#dddddd") +
            "\n";
  }
  return text;
}

}  // namespace

std::string error_plot(const Validation& validation)
{
  const std::vector<const ValidatedRow*> rows = validation.rows();
  const double bottom = Top + LineHeight * static_cast<double>(rows.size());
  std::string bands;
  std::string points;
  double y = Top + LineHeight / 2;
  for (const ValidatedRow* each : rows) {
    const double left = x_of(-each->row.tolerance);
    bands += fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="9" fill="#ececec"/>)", left, y - 4.5,
                         x_of(each->row.tolerance) - left) +
             "\n";
    points += label(NameWidth - 10, y + 4, "end", each->row.name) + point(x_of(each->error()), y, each->row.kind);
    y += LineHeight;
  }
  return fmt::format(
             R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}" font-family="sans-serif" font-size="11">)",
             Width, bottom + Margin) +
         "\n<title>simulated over published, error of each row</title>\n" +
         fmt::format(R"(<rect width="{:.0f}" height="{:.0f}" fill="white"/>)", Width, bottom + Margin) + "\n" + bands +
         axis(bottom) + legend() + points + "</svg>\n";
}

}  // namespace cm::tools

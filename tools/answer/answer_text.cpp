#include "tools/answer/answer_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace cm::tools {
namespace {

constexpr std::size_t DigestShown = 12;
constexpr std::size_t WideTerminal = 100;
constexpr std::size_t NarrowestMeaning = 20;
constexpr std::string_view Limit = "limit";

// As it stands behind a number: a rate says only what it is per, and a ratio nothing.
std::string unit_behind(const std::string& unit)
{
  if (unit == "1" || unit == "ratio" || unit == "share" || unit == "count")
    return "";
  return unit.starts_with("1/") ? unit.substr(1) : " " + unit;
}

std::string figure_text(const Figure& figure)
{
  const std::string interval = figure.interval ? fmt::format(" ({} to {})", short_number(figure.interval->low),
                                                             short_number(figure.interval->high))
                                               : "";
  return fmt::format("{}{}{}{}{}", figure.statistic, figure.statistic.empty() ? "" : " ", short_number(figure.value),
                     unit_behind(figure.unit), interval);
}

// Figures that follow each other with one label.
std::vector<std::span<const Figure>> groups_of(std::span<const Figure> figures)
{
  std::vector<std::span<const Figure>> groups;
  while (!figures.empty()) {
    std::size_t size = 1;
    while (size < figures.size() && figures[size].label == figures[0].label)
      ++size;
    groups.push_back(figures.first(size));
    figures = figures.subspan(size);
  }
  return groups;
}

std::string values_text(std::span<const Figure> group)
{
  std::string text;
  for (const Figure& figure : group)
    text += fmt::format("{}{}", text.empty() ? "" : "  ", figure_text(figure));
  return text;
}

std::string headline_text(const RunAnswer& answer, const Pen& pen, std::size_t width)
{
  const auto groups = groups_of(answer.figures);
  Column labels;
  Column values;
  for (const auto& group : groups) {
    labels.texts.push_back(group.front().label);
    values.texts.push_back(values_text(group));
  }
  const std::size_t start = widest(labels.texts) + 2 + widest(values.texts) + 2;
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    text += left_aligned(labels.texts[i], widest(labels.texts)) + "  ";
    const std::string& meaning = groups[i].front().meaning;
    if (meaning.empty() || width < WideTerminal || start + NarrowestMeaning > width)
      text += pen.heading(values.texts[i]);
    else
      text += fmt::format("{}{}  {}", pen.heading(values.texts[i]),
                          std::string(widest(values.texts) - columns_of(values.texts[i]), ' '),
                          cut_to(meaning, width - start));
    text += '\n';
  }
  return text;
}

// Labels of the figures that a reservation is about, by reservation.
std::string caveats_text(const RunAnswer& answer, const Pen& pen, std::size_t width)
{
  std::vector<std::pair<std::string, std::string>> told;
  for (const Figure& figure : answer.figures) {
    if (figure.caveat.empty())
      continue;
    const auto known = std::ranges::find(told, figure.caveat, &std::pair<std::string, std::string>::first);
    if (known == told.end())
      told.emplace_back(figure.caveat, figure.label);
    else if (!known->second.ends_with(figure.label))
      known->second += ", " + figure.label;
  }
  std::string text;
  for (const auto& [caveat, labels] : told)
    text += wrapped(pen.warning("reservation") + ": ", fmt::format("{} ({})", caveat, labels), 2, width);
  return text;
}

std::string verdicts_text(const RunAnswer& answer, const Pen& pen, std::size_t width)
{
  std::size_t words = answer.limit.empty() ? 0 : Limit.size();
  for (const Verdict& verdict : answer.verdicts)
    words = std::max(words, columns_of(verdict.word));
  std::string text;
  const auto tell = [&](std::string_view word, const std::string& coloured, const std::string& why) {
    text += wrapped(coloured + std::string(words - columns_of(word) + 2, ' '), why, words + 2, width);
  };
  for (const Verdict& verdict : answer.verdicts)
    tell(verdict.word, pen.verdict(verdict.tone, verdict.word), verdict.text);
  if (!answer.limit.empty())
    tell(Limit, pen.heading(Limit), answer.limit);
  return text;
}

}  // namespace

std::string title_text(const FinishedRun& run)
{
  const sim::metrics::Manifest& manifest = run.result.manifest;
  return fmt::format("{}, seed {}, configuration {}", to_text(run.title), manifest.seed,
                     manifest.configuration_digest.substr(0, DigestShown));
}

std::string answer_text(const RunAnswer& answer, const TextStyle& style)
{
  const Pen pen(style.is_coloured);
  std::string text;
  for (const std::string& part : {headline_text(answer, pen, style.width) + caveats_text(answer, pen, style.width),
                                  verdicts_text(answer, pen, style.width)})
    if (!part.empty())
      text += '\n' + part;
  return text;
}

}  // namespace cm::tools

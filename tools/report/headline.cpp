#include "tools/report/headline.h"

#include "tools/answer/run_answer.h"
#include "tools/report/numbers/plain_unit.h"
#include "tools/results/run_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace cm::tools {
namespace {

// Letters of a statistic as words.
std::string statistic_words(const std::string& statistic)
{
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> Words{{{"p50", "median"},
                                                                                {"p90", "90 % have at most"},
                                                                                {"p95", "95 % have at most"},
                                                                                {"p99", "99 % have at most"},
                                                                                {"p999", "99.9 % have at most"},
                                                                                {"max", "largest"}}};
  const auto* const found = std::ranges::find(Words, statistic, &std::pair<std::string_view, std::string_view>::first);
  return found == Words.end() ? statistic : std::string(found->second);
}

PageCard card_of(const Figure& figure)
{
  const PlainUnit unit = plain_unit(figure.unit, figure.value, figure.name);
  std::string label = capitalised(figure.label.empty() ? plain_words(figure.name) : figure.label);
  if (!figure.statistic.empty())
    label += ", " + statistic_words(figure.statistic);
  return {label, plain_number(figure.value * unit.factor), unit.name, "", figure.caveat};
}

// Another statistic of what the card shows.
void add_detail(const Figure& figure, PageCard& card)
{
  const std::string words = figure.statistic.empty() ? plain_words(figure.name) : statistic_words(figure.statistic);
  card.detail += fmt::format("{}{} {}", card.detail.empty() ? "" : "; ", words,
                             plain_text(figure.value, figure.unit, figure.name));
  if (card.caveat.find(figure.caveat) == std::string::npos)
    card.caveat += fmt::format("{}{}", card.caveat.empty() ? "" : "; ", figure.caveat);
}

std::vector<PageCard> cards_of(const std::vector<Figure>& figures)
{
  std::vector<PageCard> cards;
  const std::string* label = nullptr;
  for (const Figure& figure : figures) {
    if (label != nullptr && !figure.label.empty() && *label == figure.label)
      add_detail(figure, cards.back());
    else
      cards.push_back(card_of(figure));
    label = &figure.label;
  }
  return cards;
}

// Nothing is praised beside numbers that should not be used.
std::vector<PageVerdict> page_verdicts(const std::vector<Verdict>& verdicts, const RunHealth& health)
{
  const bool is_sound = std::ranges::all_of(verdicts, [](const Verdict& each) { return each.tone == Tone::Good; });
  const PageVerdict::Kind praise = is_sound ? PageVerdict::Kind::Good : PageVerdict::Kind::Neutral;
  std::vector<PageVerdict> lines;
  for (const Verdict& each : verdicts)
    lines.push_back({each.tone == Tone::Good ? praise : PageVerdict::Kind::Bad,
                     each.text.empty() ? each.word + "." : fmt::format("{}: {}.", capitalised(each.word), each.text)});
  // The one that says why the run is not steady stands in a verdict.
  const std::size_t told = health.why_unsteady.empty() ? 0 : 1;
  const std::size_t warnings = health.warnings - std::min(health.warnings, told);
  if (warnings > 0)
    lines.push_back({PageVerdict::Kind::Doubt, fmt::format("{}{} warning{}, below.", warnings, told > 0 ? " more" : "",
                                                           warnings == 1 ? "" : "s")});
  return lines;
}

}  // namespace

void add_answer(const Json& result, Page& page)
{
  const RunAnswer answer = answer_of(result);
  page.cards = cards_of(answer.figures);
  page.verdicts = page_verdicts(answer.verdicts, health_of(result));
  if (!answer.limit.empty())
    page.limit = "What limits it: " + answer.limit;
}

}  // namespace cm::tools

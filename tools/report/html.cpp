#include "tools/report/html.h"

#include "tools/report/page_style.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <vector>

namespace cm::tools {
namespace {

// Rights of a browser that shows the file: it may run the scripts in it and load nothing.
constexpr std::string_view Policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
                                    "img-src data: blob:; base-uri 'none'; form-action 'none'";

// An A4 page holds as many columns of numbers; longer folded tables than this are for screens.
constexpr std::size_t PaperColumns = 8;
constexpr std::size_t PaperRows = 100;

bool is_kept_from_paper(const PageTable& table)
{
  return table.is_long && table.rows.size() > PaperRows;
}

// Broken UTF-8 becomes the replacement character, as in every JSON file that we write.
std::string valid_utf8(const std::string& text)
{
  const std::string quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(quoted).get<std::string>();
}

// "</script" and "<!--" would end or change a script element that holds a program.
std::string script_code(std::string_view code)
{
  std::string safe;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const std::string_view rest = code.substr(i);
    safe += code[i];
    if (rest.starts_with("</script") || rest.starts_with("</SCRIPT") || rest.starts_with("<!--"))
      safe += '\\';
  }
  return safe;
}

std::string anchor(const PageSection& section)
{
  return "section-" + file_name_of(section.title);
}

std::string block_html(const Chart& chart)
{
  return fmt::format(R"(<figure class="chart" data-name="{}">
<h3>{}</h3>
<figcaption>{}{}</figcaption>
<div class="choices"></div>
<div class="drawing"><p class="note">Not drawn.</p></div>
<div class="tools"><button type="button" class="save">Save as SVG</button><details><summary>Numbers</summary></details></div>
<script type="application/json">{}</script>
</figure>
)",
                     html_text(chart.name), html_text(chart.title), html_text(chart.sentence),
                     chart.shown.empty() ? "" : fmt::format(" <span class=\"shown\">{}</span>", html_text(chart.shown)),
                     script_json(chart.specification));
}

bool is_digit(char letter)
{
  return letter >= '0' && letter <= '9';
}

// Long names may break behind their dots and underscores, numbers nowhere.
std::string breakable(const std::string& text)
{
  const std::string safe = html_text(text);
  std::string broken;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    broken += safe[i];
    const bool is_in_number = i + 1 < safe.size() && is_digit(safe[i + 1]);
    if (safe[i] == '_' || safe[i] == '/' || (safe[i] == '.' && !is_in_number))
      broken += "<wbr>";
  }
  return broken;
}

// A number with its unit stays on one line.
std::string cell_html(const std::string& text)
{
  constexpr std::size_t LongestNumber = 16;
  if (text.empty() || text.size() > LongestNumber || !is_digit(text.front()))
    return breakable(text);
  std::string whole;
  for (const char letter : html_text(text))
    whole += letter == ' ' ? "&nbsp;" : std::string(1, letter);
  return whole;
}

// Sentences get a column of some width on narrow screens too.
bool holds_sentences(const PageTable& table, std::size_t column)
{
  constexpr std::size_t LongestWords = 32;
  return std::ranges::any_of(table.rows, [&](const auto& row) {
    return row.at(column).size() > LongestWords && row.at(column).find(' ') != std::string::npos;
  });
}

// Class of a column's cells, with the blank before it; nothing for short words.
std::string class_html(const PageTable& table, std::size_t column)
{
  if (table.columns.at(column).is_number)
    return " class=\"number\"";
  return holds_sentences(table, column) ? " class=\"sentence\"" : "";
}

// Columns of a table that stand beside each other; all of them on a screen.
using ColumnsShown = std::vector<std::size_t>;

std::string row_html(const PageTable& table, const std::vector<std::string>& cells,
                     const std::vector<std::string>& classes, const ColumnsShown& shown)
{
  std::string text = "<tr>";
  for (const std::size_t i : shown)
    text += fmt::format("<td{}>{}</td>", classes.at(i),
                        table.columns.at(i).is_number ? html_text(cells.at(i)) : cell_html(cells.at(i)));
  return text + "</tr>\n";
}

std::string columns_html(const PageTable& table, const ColumnsShown& shown)
{
  std::vector<std::string> classes;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    classes.push_back(class_html(table, i));
  std::string text = "<table>\n<thead><tr>";
  for (const std::size_t i : shown)
    text += fmt::format("<th scope=\"col\"{}>{}</th>", classes.at(i), breakable(table.columns[i].title));
  text += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows)
    text += row_html(table, row, classes, shown);
  return text + "</tbody></table>";
}

// Columns that fit on paper, in as many groups as it takes; each begins with the columns that name a row.
std::vector<ColumnsShown> groups_for_paper(const PageTable& table)
{
  const std::size_t keys = std::min({table.key_columns, table.columns.size(), PaperColumns - 2});
  std::vector<ColumnsShown> groups;
  for (std::size_t i = keys; i < table.columns.size(); ++i) {
    if (groups.empty() || groups.back().size() == PaperColumns) {
      ColumnsShown& group = groups.emplace_back(keys);
      std::iota(group.begin(), group.end(), std::size_t{0});
    }
    groups.back().push_back(i);
  }
  return groups;
}

// A table too wide for paper stands there a second time, in parts below each other.
std::string table_html(const PageTable& table)
{
  ColumnsShown all(table.columns.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const bool is_wide = all.size() > PaperColumns;
  const std::string name = html_text(table.title.empty() ? "table" : table.title);
  std::string text =
      fmt::format("<div class=\"scroll{}{}\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n{}</div>\n",
                  table.is_long ? "" : " all", is_wide ? " screen" : "", name, columns_html(table, all));
  if (!is_wide || is_kept_from_paper(table))
    return text;
  text += "<div class=\"paper\" aria-hidden=\"true\">\n";
  for (const ColumnsShown& group : groups_for_paper(table))
    text += columns_html(table, group) + "\n";
  return text + "</div>\n";
}

std::string block_html(const PageTable& table)
{
  if (!table.is_long)
    return (table.title.empty() ? "" : fmt::format("<h3>{}</h3>\n", html_text(table.title))) + table_html(table);
  const bool is_kept = is_kept_from_paper(table);
  std::string text =
      fmt::format("<details class=\"folded{}\"><summary>{} ({} rows)</summary>\n{}</details>\n", is_kept ? " kept" : "",
                  html_text(table.title.empty() ? "table" : table.title), table.rows.size(), table_html(table));
  if (is_kept)
    text += fmt::format("<p class=\"paper note\">{}: {} rows, not on paper; they stand in this page on a screen.</p>\n",
                        html_text(table.title.empty() ? "Table" : table.title), table.rows.size());
  return text;
}

std::string block_html(const PageList& list)
{
  std::string text = list.title.empty() ? "" : fmt::format("<h3>{}</h3>\n", html_text(list.title));
  text += fmt::format("<ul class=\"list{}\">\n", list.is_warning ? " warning" : "");
  for (const std::string& line : list.lines)
    text += fmt::format("<li>{}</li>\n", html_text(line));
  return text + "</ul>\n";
}

struct KindLook {
  const char* style;
  const char* word;  // colour alone tells nothing to some people and to paper
};

KindLook look_of(PageVerdict::Kind kind)
{
  switch (kind) {
  case PageVerdict::Kind::Good: return {"good", "<strong>Good</strong>"};
  case PageVerdict::Kind::Doubt: return {"doubt", "<strong>Doubt</strong>"};
  case PageVerdict::Kind::Bad: return {"bad", "<strong>Bad</strong>"};
  case PageVerdict::Kind::Neutral: break;
  }
  return {"neutral", ""};
}

std::string verdicts_html(const std::vector<PageVerdict>& verdicts)
{
  std::string text = "<ul class=\"verdicts\">\n";
  for (const PageVerdict& verdict : verdicts) {
    const KindLook look = look_of(verdict.kind);
    text += fmt::format("<li class=\"{}\">{}{}</li>\n", look.style, look.word, html_text(verdict.text));
  }
  return text + "</ul>\n";
}

std::string cards_html(const std::vector<PageCard>& cards)
{
  std::string text = "<ul class=\"cards\">\n";
  for (const PageCard& card : cards) {
    text += fmt::format("<li{}><span class=\"label\">{}</span> <span class=\"value\">{}{}</span>",
                        card.caveat.empty() ? "" : " class=\"doubtful\"", html_text(card.label), html_text(card.value),
                        card.unit.empty() ? "" : fmt::format(" <span class=\"unit\">{}</span>", html_text(card.unit)));
    if (!card.detail.empty())
      text += fmt::format(" <span class=\"detail\">{}</span>", html_text(card.detail));
    if (!card.caveat.empty())
      text += fmt::format(" <span class=\"caveat\"><strong>In doubt:</strong> {}</span>", html_text(card.caveat));
    text += "</li>\n";
  }
  return text + "</ul>\n";
}

std::string facts_html(const std::vector<PageFact>& facts)
{
  std::string text = "<dl class=\"facts\">\n";
  for (const PageFact& fact : facts) {
    const std::string words = html_text(fact.text);
    text += fmt::format("<dt>{}</dt><dd>{}</dd>\n", html_text(fact.name),
                        fact.is_command ? fmt::format("<code>{}</code>", words) : words);
  }
  return text + "</dl>\n";
}

std::string head_html(const Page& page)
{
  return fmt::format(R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}</title>
<link rel="icon" href="data:,">
<style>{}</style>
</head>
)",
                     Policy, html_text(page.title), page_style());
}

std::string top_html(const Page& page)
{
  std::string text = fmt::format(R"(<body>
<a class="skip" href="#content">To the content</a>
<header>
<div class="top"><div><h1>{}</h1>
<div class="subtitle">{}</div></div>
<button type="button" id="colours" hidden>Dark</button></div>
)",
                                 html_text(page.title), html_text(page.subtitle));
  if (!page.cards.empty())
    text += cards_html(page.cards);
  if (!page.verdicts.empty())
    text += verdicts_html(page.verdicts);
  if (!page.limit.empty())
    text += fmt::format("<p class=\"limit\">{}</p>\n", html_text(page.limit));
  if (!page.facts.empty())
    text += facts_html(page.facts);
  text += "<nav aria-label=\"Sections\"><ul>\n";
  for (const PageSection& section : page.sections)
    if (!section.blocks.empty())
      text += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", anchor(section), html_text(section.title));
  return text + "</ul></nav>\n</header>\n";
}

}  // namespace

std::string html_text(const std::string& text)
{
  std::string safe;
  for (const char letter : valid_utf8(text))
    switch (letter) {
    case '&': safe += "&amp;"; break;
    case '<': safe += "&lt;"; break;
    case '>': safe += "&gt;"; break;
    case '"': safe += "&quot;"; break;
    case '\'': safe += "&#39;"; break;
    default: {
      const auto code = static_cast<unsigned char>(letter);
      const bool is_control = (code < 0x20 && letter != '\n' && letter != '\t') || code == 0x7f;
      safe += is_control ? "\uFFFD" : std::string(1, letter);
    }
    }
  return safe;
}

std::string script_json(const Json& json)
{
  std::string safe;
  for (const char letter : json.dump(-1, ' ', false, Json::error_handler_t::replace))
    safe += letter == '<' ? "\\u003c" : std::string(1, letter);
  return safe;
}

std::string html(const Page& page, const std::string& charts, const std::string& missing)
{
  std::string text = head_html(page) + top_html(page) + "<main id=\"content\">\n";
  if (charts.empty())
    text += fmt::format("<p class=\"note\">The charts are not drawn: {}</p>\n", html_text(missing));
  for (const PageSection& section : page.sections) {
    if (section.blocks.empty())
      continue;
    text += fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n", anchor(section), html_text(section.title));
    for (const PageBlock& block : section.blocks)
      text += std::visit([](const auto& each) { return block_html(each); }, block);
    text += "</section>\n";
  }
  text += "</main>\n<footer>Written by cmsim report. Charts are Vega-Lite.</footer>\n";
  if (!charts.empty())
    text += fmt::format("<script>{}</script>\n", script_code(charts));
  return text + "</body>\n</html>\n";
}

}  // namespace cm::tools

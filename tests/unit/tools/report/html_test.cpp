#include "tools/report/html.h"

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>
#include <vector>

using namespace cm::tools;

TEST_CASE("text of a page keeps no meaning for HTML")
{
  CHECK(html_text("<b a=\"1\" c='2'>&amp;") == "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
  CHECK(html_text("a\x01z") == "a\uFFFDz");
  CHECK(html_text("a\xffz") == "a\uFFFDz");
  CHECK(html_text("two\nlines") == "two\nlines");
}

TEST_CASE("data of a page cannot end their script element")
{
  const Json hostile = {{"name", "</script><script>alert(1)</script><!--"}};
  const std::string text = script_json(hostile);
  CHECK(text.find('<') == std::string::npos);
  CHECK(Json::parse(text) == hostile);
}

TEST_CASE("a page names no other file and forbids to load one")
{
  Page page{"<title>", "sub", {{PageVerdict::Kind::Bad, "a & b"}}, {}};
  page.sections.push_back({"Empty", {}});
  page.sections.push_back({"Full", {PageTable{"t", {{"c"}}, {{"<i>"}}}, Chart{"n", "t", "s", Json::object()}}});
  const std::string text = html(page, "let x = '</script>';", "");
  CHECK(text.find("src=") == std::string::npos);
  CHECK(text.find("default-src 'none'") != std::string::npos);
  CHECK(text.find("<i>") == std::string::npos);
  CHECK(text.find("&lt;title&gt;") != std::string::npos);
  CHECK(text.find("let x = '<\\/script>';") != std::string::npos);
  CHECK(text.find("Empty") == std::string::npos);
}

TEST_CASE("a page without what draws charts says so")
{
  const Page page{"t", "s", {}, {{"Charts", {Chart{"n", "t", "s", Json::object()}}}}};
  CHECK(html(page, "", "npm is <missing>").find("npm is &lt;missing&gt;") != std::string::npos);
}

TEST_CASE("cards, limit and inputs stand above the sections, and a doubtful card says why")
{
  Page page{"t", "s", {}, {{"Section", {PageList{"", {"line"}}}}}};
  page.cards = {{"time to first token", "1.5", "s", "99 % have at most 2 s", ""}, {"rate", "3", "", "", "a <guess>"}};
  page.limit = "Prefill limits it.";
  page.facts = {{"to repeat", "cmsim run a.yaml", true}};
  const std::string text = html(page, "", "");
  const auto at = [&](const char* part) { return text.find(part); };
  CHECK(at("<span class=\"value\">1.5 <span class=\"unit\">s</span></span>") < at("Prefill limits it."));
  CHECK(at("Prefill limits it.") < at("<code>cmsim run a.yaml</code>"));
  CHECK(at("<code>cmsim run a.yaml</code>") < at("<h2>Section"));
  CHECK(at("<li class=\"doubtful\"><span class=\"label\">rate") != std::string::npos);
  CHECK(at("a &lt;guess&gt;") != std::string::npos);
}

TEST_CASE("a table that is too wide for paper stands in parts that begin with its keys")
{
  PageTable table{"wide", {{"key"}}, {{"row"}}};
  for (int i = 0; i < 20; ++i) {
    table.columns.push_back({"c" + std::to_string(i), true});
    table.rows[0].push_back("v" + std::to_string(i));
  }
  const std::string text = html({"t", "s", {}, {{"Tables", {table}}}}, "", "");
  const std::size_t paper = text.find("<div class=\"paper\"");
  REQUIRE(paper != std::string::npos);
  const std::string parts = text.substr(paper);
  for (int i = 0; i < 20; ++i)
    CHECK(parts.find("<td class=\"number\">v" + std::to_string(i) + "</td>") != std::string::npos);
  std::size_t keys = 0;
  for (std::size_t found = parts.find("<td>row</td>"); found != std::string::npos;
       found = parts.find("<td>row</td>", found + 1))
    ++keys;
  CHECK(keys == 3);
}

TEST_CASE("numbers of a table are never broken, names are, and sentences have a column of some width")
{
  const PageTable table{"t", {{"a"}, {"b"}, {"c"}}, {{"187.5 ns", "1.414", std::string(40, 'x') + " 0.1 a.b_c"}}};
  const std::string text = html({"t", "s", {}, {{"Tables", {table}}}}, "", "");
  CHECK(text.find("<td>187.5&nbsp;ns</td><td>1.414</td><td class=\"sentence\">xxx") != std::string::npos);
  CHECK(text.find(" 0.1 a.<wbr>b_<wbr>c</td>") != std::string::npos);
}

TEST_CASE("a folded table too long for paper is named there")
{
  PageTable table{"long", {{"c"}}, std::vector<std::vector<std::string>>(101, {"v"}), true};
  const auto page_with = [&] { return html({"t", "s", {}, {{"Tables", {table}}}}, "", ""); };
  CHECK(page_with().find("long: 101 rows, not on paper") != std::string::npos);
  table.rows.pop_back();
  CHECK(page_with().find("not on paper") == std::string::npos);
}

TEST_CASE("a chart says how much of the data it draws")
{
  CHECK(drawn_of(188, 188, "values") == "All 188 values are drawn.");
  CHECK(drawn_of(37, 40, "points") == "37 of 40 points are drawn.");
  CHECK(drawn_of(1, 40, "points") == "1 of 40 points is drawn.");
  const Page page{"t", "s", {}, {{"Charts", {Chart{"n", "t", "s", Json::object(), "All 3 values are drawn."}}}}};
  CHECK(html(page, "", "").find("All 3 values are drawn.") != std::string::npos);
}

TEST_CASE("names of files are letters, digits and hyphens")
{
  CHECK(file_name_of("Dispatch: wait in <barrier>") == "dispatch-wait-in-barrier");
  CHECK(file_name_of("../..") == "chart");
  CHECK(file_name_of("") == "chart");
}

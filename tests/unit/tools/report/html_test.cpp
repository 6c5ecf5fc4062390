#include "tools/report/html.h"

#include <catch2/catch.hpp>

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

TEST_CASE("names of files are letters, digits and hyphens")
{
  CHECK(file_name_of("Dispatch: wait in <barrier>") == "dispatch-wait-in-barrier");
  CHECK(file_name_of("../..") == "chart");
  CHECK(file_name_of("") == "chart");
}

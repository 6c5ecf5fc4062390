// A report before it is HTML: sections of charts, tables and lists, whatever was run.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <variant>
#include <vector>

namespace cm::tools {

using Json = nlohmann::ordered_json;

// A Vega-Lite specification with its data, width "container" and no address in it.
struct Chart {
  std::string name;  // of its file: letters, digits and hyphens
  std::string title;
  std::string sentence;  // what is shown, and how to read it
  Json specification;
};

struct PageTable {
  struct Column {
    std::string title;
    bool is_number = false;
  };

  std::string title;  // may be empty
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
  bool is_long = false;  // folded away until somebody wants to see it
};

struct PageList {
  std::string title;
  std::vector<std::string> lines;
  bool is_warning = false;
};

using PageBlock = std::variant<Chart, PageTable, PageList>;

struct PageSection {
  std::string title;
  std::vector<PageBlock> blocks;
};

// The judgement at the top of a page.
struct PageVerdict {
  enum class Kind { Good, Bad, Neutral };

  Kind kind = Kind::Neutral;
  std::string text;
};

struct Page {
  std::string title;
  std::string subtitle;
  std::vector<PageVerdict> verdicts;
  std::vector<PageSection> sections;  // those without blocks are left out

  [[nodiscard]] std::vector<Chart> charts() const;
};

// Letters and digits of any text in lower case, hyphens for the rest: a name for a file.
std::string file_name_of(const std::string& text);

}  // namespace cm::tools

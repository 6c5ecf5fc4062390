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
  std::string shown{};  // how much of the data is drawn: drawn_of() and what is left out; every chart says it
};

struct PageTable {
  struct Column {
    std::string title;
    bool is_number = false;
  };

  std::string title;  // may be empty
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
  bool is_long = false;         // folded away until somebody wants to see it
  std::size_t key_columns = 1;  // name a row: repeated where paper is too narrow for all columns
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
  enum class Kind { Good, Doubt, Bad, Neutral };

  Kind kind = Kind::Neutral;
  std::string text;
};

// One of the few numbers that a reader looks for first.
struct PageCard {
  std::string label;   // a plain phrase: "time to first token"
  std::string value;   // "1.55"
  std::string unit;    // "s", "requests/s"; may be empty
  std::string detail;  // further statistics of it: "99 of 100: at most 2.47 s"
  std::string caveat;  // reason to doubt it; marks the card
};

// One line of what was run.
struct PageFact {
  std::string name;
  std::string text;
  bool is_command = false;
};

struct Page {
  std::string title;
  std::string subtitle;
  std::vector<PageVerdict> verdicts;
  std::vector<PageSection> sections;  // those without blocks are left out
  std::vector<PageCard> cards{};      // above the verdicts
  std::string limit{};                // one sentence on what limits the result; below the verdicts
  std::vector<PageFact> facts{};      // inputs in short; below the limit

  [[nodiscard]] std::vector<Chart> charts() const;
};

// "All 188 values are drawn.", "60 of 188 values are drawn."; `things` in the plural.
std::string drawn_of(std::size_t drawn, std::size_t all, const std::string& things);

// Letters and digits of any text in lower case, hyphens for the rest: a name for a file.
std::string file_name_of(const std::string& text);

}  // namespace cm::tools

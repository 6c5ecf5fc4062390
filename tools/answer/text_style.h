// Colours and columns of text for people.
#pragma once

#include "tools/answer/run_answer.h"
#include "tools/terminal/table_text.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

struct TextStyle {
  bool is_coloured = false;
  std::size_t width = TerminalWidth;  // columns; at least 40
};

// Colours are codes around the text, or nothing.
class Pen {
 public:
  explicit Pen(bool is_coloured) : is_coloured_(is_coloured) {}

  [[nodiscard]] std::string heading(std::string_view text) const { return in(text, "\x1b[1m"); }
  [[nodiscard]] std::string bar(std::string_view text) const { return in(text, "\x1b[36m"); }
  [[nodiscard]] std::string warning(std::string_view text) const { return in(text, "\x1b[33m"); }
  // Good is green, doubt yellow and bad red.
  [[nodiscard]] std::string verdict(Tone tone, std::string_view text) const;

 private:
  [[nodiscard]] std::string in(std::string_view text, std::string_view colour) const;

  bool is_coloured_;
};

// Texts below each other, padded to the widest of them.
struct Column {
  std::vector<std::string> texts;
  bool is_number = false;  // aligned right
};

// A line of the texts at `index`, two blanks between them. The columns have as many texts each.
std::string row_of(const std::vector<Column>& columns, std::size_t index);

// The text, or as much as the width allows with "..." behind it. Requires a width above 3.
std::string cut_to(std::string_view text, std::size_t width);

}  // namespace cm::tools

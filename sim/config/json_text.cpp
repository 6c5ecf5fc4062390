// The events of the library would not do: they come without positions, and do not notice keys given twice.
#include "sim/config/json_text.h"

#include "sim/diagnostics/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <forward_list>
#include <string>
#include <unordered_set>
#include <vector>

namespace cm::sim::config {
namespace {

constexpr std::string_view Utf8Mark = "\xef\xbb\xbf";
constexpr std::size_t MostShown = 40;  // bytes of what was found
// A number of fewer digits and without an exponent is a double.
constexpr std::size_t SafeDigits = 300;

bool is_digit(char letter)
{
  return letter >= '0' && letter <= '9';
}

std::uint32_t code_at(std::string_view text, std::size_t at)
{
  std::uint32_t code = 0;
  const std::string_view digits = text.substr(at, 4);
  std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  return code;
}

void append_utf8(std::uint32_t code, std::string& text)
{
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    add(code);
    return;
  }
  if (code < 0x800) {
    add(0xc0U | code >> 6U);
  } else {
    if (code < 0x10000) {
      add(0xe0U | code >> 12U);
    } else {
      add(0xf0U | code >> 18U);
      add(0x80U | (code >> 12U & 0x3fU));
    }
    add(0x80U | (code >> 6U & 0x3fU));
  }
  add(0x80U | (code & 0x3fU));
}

// Text that stands between quotes with its escapes, all of which are right.
std::string unescaped(std::string_view written)
{
  constexpr std::string_view Letters = "\"\\/bfnrt";
  constexpr std::string_view Meanings = "\"\\/\b\f\n\r\t";
  std::string text;
  for (std::size_t at = 0; at < written.size(); ++at) {
    if (written[at] != '\\') {
      text += written[at];
      continue;
    }
    ++at;
    if (written[at] != 'u') {
      text += Meanings[Letters.find(written[at])];
      continue;
    }
    std::uint32_t code = code_at(written, at + 1);
    at += 4;
    if (code >= 0xd800 && code < 0xdc00) {
      code = 0x10000 + ((code - 0xd800) << 10U) + (code_at(written, at + 3) - 0xdc00);
      at += 6;
    }
    append_utf8(code, text);
  }
  return text;
}

// Ends the scan.
struct Stop {
  JsonProblem problem;
};

// One pass over the text, without recursion. Derived classes are told where values start.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t most_members) : text_(text), most_members_(most_members)
  {
    if (text_.starts_with(Utf8Mark))
      line_start_ = at_ = Utf8Mark.size();
  }
  virtual ~Scanner() = default;
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;

  void scan()
  {
    skip_blanks();
    do {
      scan_value();
      while (!open_.empty() && !goes_on())
        close();
    } while (!open_.empty());
    skip_blanks();
    if (at_ < text_.size())
      refuse("the end of the text");
  }

 protected:
  // An object or list whose end has not come yet.
  struct Open {
    bool is_object = false;
    std::size_t index = 0;   // number of the element
    std::string_view key{};  // name of the member, without escapes
    std::unordered_set<std::string_view> keys{};
  };

  virtual void starts_value() {}
  [[nodiscard]] const std::vector<Open>& open() const { return open_; }
  [[nodiscard]] JsonPlace place() const { return place_of(at_); }

 private:
  [[nodiscard]] JsonPlace place_of(std::size_t offset) const
  {
    return {line_, static_cast<int>(offset - line_start_) + 1};
  }

  [[noreturn]] void stop(std::size_t offset, std::string what) const
  {
    throw Stop{{place_of(offset), std::move(what)}};
  }

  [[noreturn]] void refuse(std::string_view expected) const
  {
    const std::string_view rest = text_.substr(std::min(at_, text_.size()));
    const std::size_t length = std::max<std::size_t>(1, character_length(rest));
    stop(at_, fmt::format("expected {}, found {}", expected,
                          rest.empty() ? "the end of the text"
                                       : fmt::format("\"{}\"", printable_on_one_line(rest.substr(0, length)))));
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char letter)
  {
    if (at_ >= text_.size() || text_[at_] != letter)
      return false;
    ++at_;
    return true;
  }

  void skip_blanks()
  {
    for (; at_ < text_.size(); ++at_) {
      const char letter = text_[at_];
      if (letter == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (letter != ' ' && letter != '\t' && letter != '\r')
        return;
    }
  }

  // One that is no list or object, or the start of one with all first elements.
  void scan_value()
  {
    for (;;) {
      starts_value();
      if (peek() == '{' || peek() == '[') {
        open_new();
        skip_blanks();
        if (take(open_.back().is_object ? '}' : ']')) {
          close();
          return;
        }
        if (open_.back().is_object)
          scan_key();
        continue;
      }
      if (peek() == '"')
        static_cast<void>(scan_string());
      else if (peek() == '-' || is_digit(peek()))
        scan_number();
      else
        scan_word();
      return;
    }
  }

  void open_new()
  {
    if (open_.size() == DeepestJson)
      stop(at_, fmt::format("expected at most {} levels of nesting, found more", DeepestJson));
    open_.push_back({.is_object = text_[at_] == '{'});
    ++at_;
  }

  void close() { open_.pop_back(); }

  // Behind a value: whether another one follows in the same object or list. Takes its end otherwise.
  bool goes_on()
  {
    Open& inner = open_.back();
    skip_blanks();
    if (take(inner.is_object ? '}' : ']'))
      return false;
    if (!take(','))
      refuse(inner.is_object ? "\",\" or \"}\"" : "\",\" or \"]\"");
    ++inner.index;
    skip_blanks();
    if (inner.is_object)
      scan_key();
    return true;
  }

  void scan_key()
  {
    if (peek() != '"')
      refuse("a key in quotes");
    const std::size_t start = at_;
    Open& inner = open_.back();
    inner.key = scan_string();
    if (inner.key.find('\\') != std::string_view::npos)
      inner.key = unescaped_.emplace_front(unescaped(inner.key));
    if (!inner.keys.insert(inner.key).second)
      stop(start, fmt::format("expected each key once, found \"{}\" again", shown(inner.key)));
    if (inner.keys.size() > most_members_)
      stop(start, fmt::format("expected an object of at most {} members, found more", most_members_));
    skip_blanks();
    if (!take(':'))
      refuse("\":\"");
    skip_blanks();
  }

  static std::string shown(std::string_view text)
  {
    return printable_on_one_line(text.substr(0, MostShown)) + (text.size() > MostShown ? "..." : "");
  }

  // Text between the quotes, as written.
  std::string_view scan_string()
  {
    const std::size_t start = ++at_;
    for (;;) {
      if (at_ >= text_.size())
        refuse("a closing quote");
      const auto letter = static_cast<unsigned char>(text_[at_]);
      if (letter == '"')
        return text_.substr(start, at_++ - start);
      if (letter < 0x20)
        refuse("a closing quote, or a control character as an escape");
      if (letter == '\\') {
        scan_escape();
        continue;
      }
      const std::size_t length = letter < 0x80 ? 1 : character_length(text_.substr(at_));
      if (length == 0)
        stop(at_, fmt::format("expected UTF-8 text, found the invalid byte 0x{:02x}", letter));
      at_ += length;
    }
  }

  void scan_escape()
  {
    const std::size_t start = at_++;
    if (!take('u')) {
      if (at_ >= text_.size() || std::string_view("\"\\/bfnrt").find(text_[at_]) == std::string_view::npos)
        refuse("an escape of JSON");
      ++at_;
      return;
    }
    const std::uint32_t code = scan_code();
    const bool is_first_half = code >= 0xd800 && code < 0xdc00;
    bool is_whole = code < 0xd800 || code > 0xdfff;
    if (is_first_half && take('\\') && take('u')) {
      const std::uint32_t second = scan_code();
      is_whole = second >= 0xdc00 && second <= 0xdfff;
    }
    if (!is_whole)
      stop(start, "expected a character or both halves of one, found half of one");
  }

  // Four hexadecimal digits.
  std::uint32_t scan_code()
  {
    std::uint32_t code = 0;
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() < 4 || error != std::errc() || end != digits.data() + digits.size())
      refuse("four hexadecimal digits");
    at_ += 4;
    return code;
  }

  void scan_digits()
  {
    if (!is_digit(peek()))
      refuse("a digit");
    while (is_digit(peek()))
      ++at_;
  }

  void scan_number()
  {
    const std::size_t start = at_;
    take('-');
    if (!take('0'))
      scan_digits();
    if (take('.'))
      scan_digits();
    bool has_exponent = false;
    if (peek() == 'e' || peek() == 'E') {
      has_exponent = true;
      ++at_;
      if (!take('+'))
        take('-');
      scan_digits();
    }
    const std::string_view number = text_.substr(start, at_ - start);
    if ((has_exponent || number.size() > SafeDigits) &&
        !std::isfinite(std::strtod(std::string(number).c_str(), nullptr)))
      stop(start, fmt::format("expected a number of at most 1.8e308, found {}", shown(number)));
  }

  void scan_word()
  {
    for (const std::string_view word : {"true", "false", "null"})
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return;
      }
    refuse("a value of JSON");
  }

  std::string_view text_;
  std::size_t most_members_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  std::forward_list<std::string> unescaped_;  // keys that are written with escapes
  std::vector<Open> open_;
};

class PlaceFinder final : public Scanner {
 public:
  PlaceFinder(std::string_view text, std::span<const std::string> keys) : Scanner(text, text.size()), keys_(keys) {}

  [[nodiscard]] JsonPlace found() const { return found_; }

 private:
  void starts_value() override
  {
    if (open().size() > keys_.size() || open().size() < depth_)
      return;
    for (std::size_t level = 0; level < open().size(); ++level) {
      const Open& each = open()[level];
      if (each.is_object ? each.key != keys_[level] : fmt::format("{}", each.index) != keys_[level])
        return;
    }
    depth_ = open().size();
    found_ = place();
  }

  std::span<const std::string> keys_;
  std::size_t depth_ = 0;  // levels of the value that was found so far
  JsonPlace found_;
};

}  // namespace

std::optional<JsonProblem> json_problem(std::string_view text, std::size_t most_members)
{
  try {
    Scanner(text, most_members).scan();
    return std::nullopt;
  } catch (const Stop& stopped) {
    return stopped.problem;
  }
}

JsonPlace json_place(std::string_view text, std::span<const std::string> keys)
{
  PlaceFinder finder(text, keys);
  try {
    finder.scan();
  } catch (const Stop&) {
    return finder.found();  // Not JSON: as far as it was.
  }
  return finder.found();
}

}  // namespace cm::sim::config

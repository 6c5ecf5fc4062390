// Reading YAML. The tree is built from yaml-cpp's events, not from its nodes: events come with the position of every
// key, and let us refuse what a configuration has no use for before it costs anything (aliases, tags, deep nesting).
// Checks here cover the errors that yaml-cpp accepts: duplicate keys, a second document, merge keys.
#include "sim/config/value.h"

#include "sim/config/input_file.h"
#include "sim/config/text_check.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <iterator>
#include <optional>
#include <sstream>

namespace cm::sim::config {
namespace {

constexpr std::size_t DeepestNesting = 64;
constexpr std::string_view ByteOrderMark = "\xef\xbb\xbf";
constexpr std::size_t LargestFile = std::size_t{16} << 20U;

[[noreturn]] void refuse(const Position& where, const std::string& message)
{
  throw ConfigError(fmt::format("{}: {}", to_text(where), message));
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  // `text` is borrowed: what the events are about.
  TreeBuilder(std::string label, std::string_view text) : label_(std::move(label)), text_(text)
  {
    root_.position = {label_, 1, 1};
  }

  [[nodiscard]] Value take_root() { return std::move(root_); }

  [[nodiscard]] Position at(const YAML::Mark& mark) const { return {label_, mark.line + 1, mark.column + 1}; }

  void OnDocumentStart(const YAML::Mark& mark) override
  {
    if (++documents_ > 1)
      refuse(at(mark), "expected one YAML document, found a second one");
  }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { add(fresh(Value::Kind::Null, mark)); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override
  {
    refuse(at(mark), "expected a value, found an alias (\"*name\"); aliases are not supported, write the value out");
  }

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override
  {
    refuse(at(mark), fmt::format("expected a value, found the anchor \"&{}\"; anchors are not supported", name));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                const std::string& text) override
  {
    refuse_tag(mark, tag);
    if (tag == "!" && !is_quote_closed(static_cast<std::size_t>(mark.pos)))
      refuse(at(mark), "expected a closing quote, found the end of the text");
    Value value = fresh(Value::Kind::Scalar, mark);
    value.text = text;
    add(std::move(value));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override
  {
    open(mark, tag, Value::Kind::List, "a list");
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override
  {
    open(mark, tag, Value::Kind::Map, "a map");
  }

  void OnSequenceEnd() override { close(); }

  void OnMapEnd() override
  {
    refuse_duplicates(open_.back().value);
    close();
  }

 private:
  struct Key {
    std::string text;
    Position position;
  };

  // A list or map whose end has not come yet.
  struct Open {
    Value value;
    std::optional<Key> key;  // read from a map, and waiting for its value
  };

  [[nodiscard]] Value fresh(Value::Kind kind, const YAML::Mark& mark) const
  {
    Value value;
    value.kind = kind;
    value.position = at(mark);
    return value;
  }

  [[nodiscard]] bool key_expected() const
  {
    return !open_.empty() && open_.back().value.kind == Value::Kind::Map && !open_.back().key;
  }

  // Plain text has the tag "?", quoted text "!".
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const
  {
    if (!tag.empty() && tag != "?" && tag != "!")
      refuse(at(mark), fmt::format("expected a value, found the tag \"{}\"; tags are not supported", tag));
  }

  // yaml-cpp takes the end of the text for the end of an open quote. Block text ("|") has the same tag.
  [[nodiscard]] bool is_quote_closed(std::size_t start) const
  {
    const char quote = start < text_.size() ? text_[start] : ' ';
    if (quote != '"' && quote != '\'')
      return true;
    for (std::size_t i = start + 1; i < text_.size(); ++i) {
      const bool is_doubled = quote == '\'' && text_.substr(i).starts_with("''");
      if (is_doubled || (quote == '"' && text_[i] == '\\'))
        ++i;
      else if (text_[i] == quote)
        return true;
    }
    return false;
  }

  void open(const YAML::Mark& mark, const std::string& tag, Value::Kind kind, std::string_view name)
  {
    refuse_tag(mark, tag);
    if (key_expected())
      refuse(at(mark), fmt::format("expected a word as the key, found {}", name));
    if (open_.size() == DeepestNesting)
      refuse(at(mark), fmt::format("expected at most {} levels of nesting, found more", DeepestNesting));
    open_.push_back({fresh(kind, mark), std::nullopt});
  }

  void close()
  {
    Value value = std::move(open_.back().value);
    open_.pop_back();
    add(std::move(value));
  }

  void add(Value value)
  {
    if (open_.empty())
      root_ = std::move(value);
    else if (key_expected())
      open_.back().key = key_from(std::move(value));
    else if (Open& parent = open_.back(); parent.value.kind == Value::Kind::List)
      parent.value.items.push_back(std::move(value));
    else {
      // yaml-cpp puts a missing value where the next thing starts.
      if (value.kind == Value::Kind::Null)
        value.position = parent.key->position;
      parent.value.entries.push_back({std::move(parent.key->text), std::move(parent.key->position), std::move(value)});
      parent.key.reset();
    }
  }

  static Key key_from(Value value)
  {
    if (value.kind != Value::Kind::Scalar || value.text.empty())
      refuse(value.position, "expected a word as the key, found nothing");
    if (value.text == "<<")
      refuse(value.position, "expected a word as the key, found \"<<\"; merge keys are not supported");
    return {std::move(value.text), std::move(value.position)};
  }

  static void refuse_duplicates(const Value& map)
  {
    std::vector<const Value::Entry*> sorted;
    sorted.reserve(map.entries.size());
    for (const Value::Entry& entry : map.entries)
      sorted.push_back(&entry);
    std::ranges::stable_sort(sorted, {}, &Value::Entry::key);
    const auto twin = std::ranges::adjacent_find(sorted, {}, &Value::Entry::key);
    if (twin == sorted.end())
      return;
    const Value::Entry& again = **std::next(twin);
    refuse(again.key_position, fmt::format("expected each key once, found \"{}\" again (first at {})", again.key,
                                           to_text((*twin)->key_position)));
  }

  std::string label_;
  std::string_view text_;
  Value root_;
  std::vector<Open> open_;
  int documents_ = 0;
};

}  // namespace

Value load_file(const std::string& path)
{
  Value root = parse_text(path, file_content(path, LargestFile));
  if (root.kind == Value::Kind::Null)
    refuse(root.position, "expected keys such as \"name: value\", found an empty file");
  if (root.kind != Value::Kind::Map)
    refuse(root.position, fmt::format("expected keys such as \"name: value\" at the top level, found {}",
                                      root.kind == Value::Kind::List ? "a list" : "a single value"));
  return root;
}

Value parse_text(const std::string& label, const std::string& text)
{
  if (text.size() > LargestFile)
    refuse({label, 1, 1}, fmt::format("expected at most {} of text, found more", byte_count_text(LargestFile)));
  check_text(label, text);
  // yaml-cpp counts positions from after the byte order mark.
  const std::size_t start = text.starts_with(ByteOrderMark) ? ByteOrderMark.size() : 0;
  TreeBuilder builder(label, std::string_view(text).substr(start));
  try {
    std::istringstream in(text.substr(start));
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const Position where = error.mark.is_null() ? Position{label, 1, 1} : builder.at(error.mark);
    refuse(where, fmt::format("expected YAML, found a mistake in it: {}", error.msg));
  } catch (const ConfigError&) {
    throw;
  } catch (const std::exception& error) {
    refuse({label, 1, 1}, fmt::format("expected YAML, found what its parser cannot read: {}", error.what()));
  }
  return builder.take_root();
}

}  // namespace cm::sim::config

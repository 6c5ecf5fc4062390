#include "sim/config/reader.h"

#include "sim/config/flow_text.h"
#include "sim/config/suggestion.h"
#include "sim/config/value_kinds.h"
#include "sim/config/written_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <ranges>
#include <string>
#include <type_traits>
#include <vector>

namespace cm::sim::config {
namespace {

template <typename Kind>
std::string expectation()
{
  return Kind::Example.empty() ? std::string(Kind::Noun) : fmt::format("{} like \"{}\"", Kind::Noun, Kind::Example);
}

template <typename Kind>
constexpr bool HasRange = requires { Kind::Lowest; };

// The key's own limit, or else that of its type.
template <typename Kind>
std::optional<double> lowest(const Key& key)
{
  if constexpr (HasRange<Kind>)
    return key.minimum ? key.minimum : Kind::Lowest;
  return std::nullopt;
}

template <typename Kind>
std::optional<double> highest(const Key& key)
{
  if constexpr (HasRange<Kind>)
    return key.maximum ? key.maximum : Kind::Highest;
  return std::nullopt;
}

Declaration declared(std::string_view type, bool is_required)
{
  Declaration declaration;
  declaration.type = type;
  declaration.required = is_required;
  return declaration;
}

// "; did you mean a.b.key?": keys of that name in sections below, which were read already. Empty when there is none.
std::string deeper_keys(const ReadingLog& log, const std::string& path, const std::string& key)
{
  std::vector<std::string> keys;
  for (const Declaration& each : log.declarations)
    if (each.path.starts_with(path + ".") && each.path.ends_with("." + key) &&
        each.path.size() > path.size() + key.size() + 1 && std::ranges::find(keys, each.path) == keys.end())
      keys.push_back(each.path);
  return keys.empty() ? std::string() : fmt::format("; did you mean {}?", joined(keys, " or "));
}

template <typename Kind>
std::string in_range(std::optional<double> low, std::optional<double> high)
{
  const auto text = [](double count) { return Kind::print(Kind::of_count(count)); };
  if (low && high)
    return fmt::format("{} between {} and {}", Kind::Noun, text(*low), text(*high));
  if (low)
    return fmt::format("{} of at least {}", Kind::Noun, text(*low));
  return fmt::format("{} of at most {}", Kind::Noun, text(high.value_or(0)));
}

std::string counts_text(const std::vector<std::uint32_t>& counts)
{
  std::string text;
  for (const std::uint32_t count : counts)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", count);
  return "[" + text + "]";
}

// One of a list of counts; when it is empty, `expected` may have been replaced by something more helpful.
std::optional<std::uint32_t> parse_count(const Value& number, const Key& key, std::string& expected)
{
  using Kind = IntegerKind<std::int64_t>;
  const auto parsed = number.kind == Value::Kind::Scalar ? Kind::parse(number.text, expected) : std::nullopt;
  if (!parsed)
    return std::nullopt;
  const double low = key.minimum.value_or(0);
  const double high = key.maximum.value_or(std::numeric_limits<std::int32_t>::max());
  if (Kind::count(*parsed) >= low && Kind::count(*parsed) <= high)
    return static_cast<std::uint32_t>(*parsed);
  expected = in_range<Kind>(low, high);
  return std::nullopt;
}

// The value itself, without what is said about it.
const Value& bare(const Value& value)
{
  const Value* inner = value.kind == Value::Kind::Map ? value.find("value") : nullptr;
  return inner != nullptr ? *inner : value;
}

std::vector<Value> list_of(const Value& value)
{
  const Value& inner = bare(value);
  return inner.kind == Value::Kind::List ? inner.items : std::vector<Value>{inner};
}

// The same with a text in place of the list, as values with evidence are checked.
Value with_list_as_text(const Value& value)
{
  Value changed = value;
  Value* inner = changed.kind == Value::Kind::Map ? changed.find("value") : &changed;
  if (inner != nullptr && inner->kind == Value::Kind::List) {
    inner->kind = Value::Kind::Scalar;
    inner->text = flow_text(bare(value));
  }
  return changed;
}

}  // namespace

Reader::Reader(const Value& map, std::string path, ReadingLog& log)
    : position_(map.position), path_(std::move(path)), log_(&log)
{
  if (map.kind == Value::Kind::Map) {
    map_ = &map;
    return;
  }
  is_reported_ = true;
  add_problem(log, map.position, path_, fmt::format("expected a map of keys, found {}", found_text(map)));
}

Reader::Reader(Silent /*silent*/, Position position, std::string path, ReadingLog& log, bool is_reported)
    : position_(std::move(position)), path_(std::move(path)), log_(&log), is_reported_(is_reported)
{
}

Reader Reader::section(const Key& key)
{
  return section(key, true);
}

Reader Reader::optional_section(const Key& key)
{
  return section(key, false);
}

Reader Reader::section(const Key& key, bool is_required)
{
  note(key, declared("map", is_required));
  if (const Value* value = find(key, "a map of keys", is_required))
    return {*value, path_of(key.name), *log_};
  return {Silent{}, position_, path_of(key.name), *log_, is_required || is_reported_};
}

std::vector<Reader> Reader::sections(const Key& key, bool is_required)
{
  std::vector<Reader> readers;
  const Value* list = value(key, is_required);
  if (list == nullptr)
    return readers;
  if (list->kind != Value::Kind::List)
    add_problem(*log_, list->position, path_of(key.name),
                fmt::format("expected a list of maps like [{{...}}, {{...}}], found {}", found_text(*list)));
  for (const Value& item : list->items)
    readers.emplace_back(item, fmt::format("{}[{}]", path_of(key.name), readers.size()), *log_);
  return readers;
}

const Value* Reader::value(const Key& key, bool is_required)
{
  note(key, declared("any", is_required));
  const Value* value = find(key, "a value", is_required);
  if (value != nullptr)
    settle(key.name, flow_text(*value));
  return value;
}

bool Reader::has(std::string_view name) const
{
  return map_ != nullptr && map_->find(name) != nullptr;
}

Position Reader::position(std::string_view name) const
{
  return has(name) ? map_->find(name)->position : position_;
}

std::string Reader::named_file(std::string_view name, const std::string& text)
{
  const Position at = position(name);
  const auto folder = is_from_command_line(at) ? std::filesystem::path() : std::filesystem::path(at.file).parent_path();
  const std::string path = (folder / text).lexically_normal().string();
  log_->files.push_back({path_of(name), text, path});
  return path;
}

void Reader::complain(std::string_view name, const std::string& message)
{
  if (is_reported_)
    return;
  add_problem(*log_, position(name), path_of(name), message);
  ++log_->conflicts;
}

void Reader::finish()
{
  if (map_ == nullptr)
    return;
  for (const Value::Entry& entry : map_->entries)
    if (std::ranges::find(known_, entry.key) == known_.end()) {
      const std::string deeper = deeper_keys(*log_, path_, entry.key);
      add_problem(*log_, entry.key_position, path_of(entry.key),
                  fmt::format("unknown key \"{}\"{}", entry.key,
                              deeper.empty() ? suggestion(entry.key, known_, "known keys") : deeper));
    }
}

void Reader::note(const Key& key, Declaration declaration)
{
  if (std::ranges::find(known_, key.name) != known_.end())
    return;
  known_.emplace_back(key.name);
  declaration.path = path_of(key.name);
  declaration.sentence = key.sentence;
  log_->declarations.push_back(std::move(declaration));
}

const Value* Reader::find(const Key& key, std::string_view expected, bool is_required)
{
  const Value* value = map_ == nullptr ? nullptr : map_->find(key.name);
  if (value == nullptr && map_ != nullptr && is_required)
    add_problem(*log_, position_, path_of(key.name),
                fmt::format("expected {}, found no such key{}", expected,
                            is_from_command_line(position_) ? "; +={...} adds to the keys that are there" : ""));
  return value;
}

void Reader::settle(std::string_view name, std::string value_text)
{
  const std::string path = path_of(name);
  // Nearly always the last one.
  auto latest_first = std::views::reverse(log_->declarations);
  const auto found = std::ranges::find(latest_first, path, &Declaration::path);
  if (found != latest_first.end())
    found->value_text = std::move(value_text);
}

std::string Reader::path_of(std::string_view name) const
{
  return path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
}

template <typename Kind, typename T>
void Reader::read_as(const Key& key, T& out, bool is_required)
{
  const std::optional<double> low = lowest<Kind>(key);
  const std::optional<double> high = highest<Kind>(key);
  Declaration declaration = declared(Kind::Name, is_required);
  declaration.default_text = is_required ? std::string() : Kind::print(out);
  declaration.minimum = low;
  declaration.maximum = high;
  declaration.value_text = declaration.default_text;
  note(key, std::move(declaration));
  const std::string path = path_of(key.name);
  std::string expected = expectation<Kind>();
  const Value* value = find(key, expected, is_required);
  const auto written =
      value != nullptr ? written_value(*value, path, expected, Kind::NeedsEvidence, *log_) : std::nullopt;
  if (!written)
    return;
  const auto complain_of = [&](const std::string& wanted) {
    add_problem(*log_, written->scalar->position, path,
                fmt::format("expected {}, found {}", wanted, found_text(*written->scalar)));
  };
  const std::optional<T> parsed = Kind::parse(written->scalar->text, expected);
  if (!parsed)
    return complain_of(expected);
  if constexpr (HasRange<Kind>) {
    const double count = Kind::count(*parsed);
    if ((low && count < *low) || (high && count > *high))
      return complain_of(in_range<Kind>(low, high));
  }
  out = *parsed;
  settle(key.name, Kind::print(out));
  if (written->provenance)
    log_->provenance.push_back(*written->provenance);
}

void Reader::counts(const Key& key, std::vector<std::uint32_t>& out, bool is_required)
{
  Declaration declaration = declared("counts", is_required);
  declaration.default_text = is_required ? std::string() : counts_text(out);
  declaration.minimum = key.minimum;
  declaration.maximum = key.maximum;
  declaration.value_text = declaration.default_text;
  note(key, std::move(declaration));
  const std::string path = path_of(key.name);
  constexpr std::string_view Expected = "an integer or a list of integers like \"[8, 8]\"";
  const Value* value = find(key, Expected, is_required);
  if (value == nullptr)
    return;
  const std::vector<Value> numbers = list_of(*value);
  const auto written = written_value(with_list_as_text(*value), path, Expected, false, *log_);
  if (!written)
    return;
  std::vector<std::uint32_t> read;
  for (const Value& number : numbers) {
    std::string expected(Expected);
    const auto count = parse_count(number, key, expected);
    if (!count)
      return add_problem(*log_, number.position, path,
                         fmt::format("expected {}, found {}", expected, found_text(number)));
    read.push_back(*count);
  }
  if (read.empty())
    return add_problem(*log_, value->position, path, fmt::format("expected {}, found an empty list", Expected));
  out = std::move(read);
  settle(key.name, counts_text(out));
  if (written->provenance)
    log_->provenance.push_back(*written->provenance);
}

void Reader::read(const Key& key, bool& out, bool is_required)
{
  read_as<BooleanKind>(key, out, is_required);
}

void Reader::read(const Key& key, std::int64_t& out, bool is_required)
{
  read_as<IntegerKind<std::int64_t>>(key, out, is_required);
}

void Reader::read(const Key& key, int& out, bool is_required)
{
  read_as<IntegerKind<int>>(key, out, is_required);
}

void Reader::read(const Key& key, double& out, bool is_required)
{
  read_as<NumberKind>(key, out, is_required);
}

void Reader::read(const Key& key, std::string& out, bool is_required)
{
  read_as<TextKind>(key, out, is_required);
}

void Reader::read(const Key& key, Bytes& out, bool is_required)
{
  read_as<SizeKind>(key, out, is_required);
}

void Reader::read(const Key& key, Seconds& out, bool is_required)
{
  read_as<TimeKind>(key, out, is_required);
}

void Reader::read(const Key& key, BytesPerSecond& out, bool is_required)
{
  read_as<BandwidthKind>(key, out, is_required);
}

void Reader::read(const Key& key, FlopsPerSecond& out, bool is_required)
{
  read_as<ComputeRateKind>(key, out, is_required);
}

void Reader::read_fraction(const Key& key, double& out, bool is_required)
{
  read_as<FractionKind>(key, out, is_required);
}

std::optional<std::size_t> Reader::read_choice(const Key& key, std::span<const std::string_view> words,
                                               std::span<const std::string_view> sentences,
                                               std::optional<std::size_t> default_index, bool is_required)
{
  const std::vector<std::string> choices(words.begin(), words.end());
  const std::string path = path_of(key.name);
  Declaration declaration = declared("choice", is_required);
  declaration.default_text = default_index && !is_required ? choices[*default_index] : std::string();
  declaration.choices = choices;
  declaration.choice_sentences.assign(sentences.begin(), sentences.end());
  declaration.value_text = declaration.default_text;
  note(key, std::move(declaration));
  const std::string expected = fmt::format("one of {}", joined(choices, ", "));
  const Value* value = find(key, expected, is_required);
  const auto written = value != nullptr ? written_value(*value, path, expected, false, *log_) : std::nullopt;
  if (!written)
    return std::nullopt;
  const auto found = std::ranges::find(choices, written->scalar->text);
  if (found == choices.end()) {
    const auto near = nearest(written->scalar->text, choices);
    add_problem(*log_, written->scalar->position, path,
                fmt::format("expected {}, found {}{}", expected, found_text(*written->scalar),
                            near ? fmt::format("; did you mean \"{}\"?", *near) : ""));
    return std::nullopt;
  }
  settle(key.name, *found);
  if (written->provenance)
    log_->provenance.push_back(*written->provenance);
  return static_cast<std::size_t>(found - choices.begin());
}

}  // namespace cm::sim::config

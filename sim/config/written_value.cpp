#include "sim/config/written_value.h"

#include "sim/config/suggestion.h"
#include "sim/units/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace cm::sim::config {
namespace {

constexpr std::array AllEvidence{Evidence::Measured, Evidence::Published, Evidence::Derived, Evidence::Calibrated,
                                 Evidence::Assumed};

bool is_part_file(std::string_view file)
{
  return file.starts_with("parts/") || file.find("/parts/") != std::string_view::npos;
}

void refuse_unknown_keys(const Value& map, const std::string& path, ReadingLog& log)
{
  const std::array<std::string, 7> known{"value", "evidence", "source", "assumed", "fitted_to", "uncertainty", "range"};
  for (const Value::Entry& entry : map.entries)
    if (std::ranges::find(known, entry.key) == known.end())
      add_problem(log, entry.key_position, path,
                  fmt::format("unknown key \"{}\"{}", entry.key, suggestion(entry.key, known, "known keys")));
}

// The text below one key of the map, null when the key is missing; reports what is not a text.
const std::string* text_of(const Value& map, std::string_view key, const std::string& path, ReadingLog& log)
{
  const Value* value = map.find(key);
  if (value == nullptr)
    return nullptr;
  if (value->kind == Value::Kind::Scalar && !value->text.empty())
    return &value->text;
  add_problem(log, value->position, fmt::format("{}.{}", path, key),
              fmt::format("expected some text, found {}", found_text(*value)));
  return nullptr;
}

std::optional<Evidence> evidence_of(const Value& map, const std::string& path, ReadingLog& log)
{
  const Value* value = map.find("evidence");
  if (value == nullptr && map.find("assumed") != nullptr)
    return Evidence::Assumed;
  const Position& position = value == nullptr ? map.position : value->position;
  const auto found = std::ranges::find_if(
      AllEvidence, [&](Evidence each) { return value != nullptr && value->text == to_text(each); });
  if (found != AllEvidence.end())
    return *found;
  add_problem(log, position, path + ".evidence",
              fmt::format("expected one of measured, published, derived, calibrated, assumed, found {}",
                          value == nullptr ? "nothing" : found_text(*value)));
  return std::nullopt;
}

// The document or the reason, whichever this class of evidence needs.
const std::string* grounds(const Value& map, Evidence evidence, const std::string& path, ReadingLog& log)
{
  const bool is_assumed = evidence == Evidence::Assumed;
  const char* const wanted = is_assumed ? "assumed" : "source";
  const char* const other = is_assumed ? "source" : "assumed";
  if (const Value* wrong = map.find(other)) {
    add_problem(
        log, wrong->position, path,
        fmt::format("expected the key {} for a number that is {}, found the key {}", wanted, to_text(evidence), other));
    return nullptr;
  }
  if (map.find(wanted) == nullptr)
    add_problem(log, map.position, path,
                is_assumed ? "expected the reason, like assumed: \"as on the previous die\", found nothing"
                           : "expected the document, like source: \"arXiv:2506.12708v2 Table 1\", found nothing");
  return text_of(map, wanted, path, log);
}

// Checks the keys in which a fit describes itself.
void check_fit(const Value& map, Evidence evidence, const std::string& path, ReadingLog& log)
{
  for (const char* const key : {"fitted_to", "uncertainty"}) {
    const Value* value = map.find(key);
    if (value != nullptr && evidence != Evidence::Calibrated)
      add_problem(log, value->position, path,
                  fmt::format("expected the key {} for a calibrated number only, found it for one that is {}", key,
                              to_text(evidence)));
    static_cast<void>(text_of(map, key, path, log));
  }
}

// "us" of "1.9 us"; empty for what is no number, too.
std::string_view unit_of(std::string_view text)
{
  const auto scanned = scan_decimal(text);
  const std::string_view rest = scanned ? scanned->rest : std::string_view();
  return rest.substr(std::min(rest.size(), rest.find_first_not_of(' ')));
}

// From which to which the number may be; what it means is for whoever varies it.
void check_range(const Value& map, const std::string& path, ReadingLog& log)
{
  const Value* range = map.find("range");
  if (range == nullptr)
    return;
  const bool is_pair =
      range->kind == Value::Kind::List && range->items.size() == 2 &&
      std::ranges::all_of(range->items, [](const Value& end) { return end.kind == Value::Kind::Scalar; });
  if (!is_pair)
    add_problem(log, range->position, path + ".range",
                fmt::format("expected a list of two values like [1 us, 2 us], found {}", found_text(*range)));
  else if (unit_of(range->items[0].text) != unit_of(range->items[1].text))
    add_problem(log, range->position, path + ".range",
                fmt::format("expected two values in one unit like [1 us, 2 us], found [{}, {}]", range->items[0].text,
                            range->items[1].text));
}

std::optional<WrittenValue> with_evidence(const Value& map, const std::string& path, std::string_view expected,
                                          ReadingLog& log)
{
  const std::size_t problems_before = log.problems.size();
  refuse_unknown_keys(map, path, log);
  const Value* value = map.find("value");
  if (value == nullptr)
    add_problem(log, map.position, path, fmt::format("expected {} below \"value:\", found nothing", expected));
  else if (value->kind != Value::Kind::Scalar)
    add_problem(log, value->position, path, fmt::format("expected {}, found {}", expected, found_text(*value)));
  check_range(map, path, log);
  const auto evidence = evidence_of(map, path, log);
  if (evidence)
    check_fit(map, *evidence, path, log);
  const std::string* reason = evidence ? grounds(map, *evidence, path, log) : nullptr;
  if (value == nullptr || !evidence || reason == nullptr || log.problems.size() != problems_before)
    return std::nullopt;
  return WrittenValue{value, Provenance{path, value->text, *evidence, *reason}};
}

}  // namespace

std::optional<WrittenValue> written_value(const Value& value, const std::string& path, std::string_view expected,
                                          bool needs_evidence, ReadingLog& log)
{
  // A map with none of our keys was never meant as a value with evidence.
  const bool has_evidence = value.find("value") != nullptr || value.find("source") != nullptr ||
                            value.find("evidence") != nullptr || value.find("assumed") != nullptr;
  if (has_evidence)
    return with_evidence(value, path, expected, log);
  if (value.kind != Value::Kind::Scalar) {
    add_problem(log, value.position, path, fmt::format("expected {}, found {}", expected, found_text(value)));
    return std::nullopt;
  }
  if (!needs_evidence)
    return WrittenValue{&value, std::nullopt};
  if (is_part_file(value.position.file)) {
    add_problem(
        log, value.position, path,
        fmt::format("expected a source, like {{value: {0}, evidence: published, source: \"document, table\"}} or "
                    "{{value: {0}, assumed: \"reason\"}}, found bare {1}",
                    value.text, found_text(value)));
    return std::nullopt;
  }
  const std::string source = fmt::format("set in {}:{}", value.position.file, value.position.line);
  return WrittenValue{&value, Provenance{path, value.text, Evidence::Assumed, source}};
}

}  // namespace cm::sim::config

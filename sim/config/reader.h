// Checked reading of a Value into a Spec. A reader states each key once: name, type, range, one sentence. Everything
// that is wrong is collected, never only the first; unknown keys get the nearest valid name.
//
// A number may be written bare ("28 GB/s") or with its evidence:
//   lane_bandwidth: {value: 28 GB/s, evidence: published, source: "arXiv:2506.12708v2 Fig. 5"}
// evidence is measured | published | derived | calibrated | assumed. All but assumed need `source:`; assumed needs
// `assumed: "why"` instead of `source:` (and then `evidence:` may be left out).
// A calibrated number may say `fitted_to:` (which rows, how well) and `uncertainty:`. Any number may say within what it
// is believed to lie, both ends in the unit of the value, the value among them:
//   jitter: {value: 1 %, range: [0 %, 3 %], assumed: "not published"}
// Error bars (cmsim sensitivity, cmsim run --uncertainty) vary the numbers that do; a changed number loses its range.
// In a file under configs/parts/ bare numbers are errors.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"
#include "sim/units/quantity.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::sim::config {

struct Key {
  std::string_view name;
  std::string_view sentence;
  // In the unit the type counts in (bytes, seconds, bytes/s, flop/s, 1). Both ends are allowed values. Without a
  // minimum, a size, time or rate may still not be negative.
  std::optional<double> minimum = std::nullopt;
  std::optional<double> maximum = std::nullopt;
};

class Reader {
 public:
  // `map` and `log` are borrowed and outlive the reader. `path` prefixes every key in messages ("machine.ub"); an
  // empty path is the top. A value that is not a map is reported, and the reader then behaves as an empty map.
  Reader(const Value& map, std::string path, ReadingLog& log);

  // A sub-map. A missing required one is reported once, and everything below it is not reported again.
  Reader section(const Key& key);
  // The same, but its absence is fine: every key below keeps its default, and none is missed.
  Reader optional_section(const Key& key);
  // The items of a list of maps, in their order: "levels[0]".
  std::vector<Reader> sections(const Key& key, bool is_required);
  // A value that the caller reads itself: a list, or a map with free keys. Null when it is missing.
  const Value* value(const Key& key, bool is_required);
  [[nodiscard]] bool has(std::string_view name) const;
  // Position of a key's value, or of the map when the key is missing.
  [[nodiscard]] Position position(std::string_view name) const;
  // The path of the file that a key names: beside the file in which the key stands, or below the current folder when it
  // was typed on the command line. The log notes that the run reads it.
  std::string named_file(std::string_view name, const std::string& text);

  [[nodiscard]] const std::string& path() const { return path_; }

  // The key must be there. On any problem `out` is left as it was.
  void required(const Key& key, bool& out) { read(key, out, true); }

  void required(const Key& key, std::int64_t& out) { read(key, out, true); }

  void required(const Key& key, int& out) { read(key, out, true); }

  void required(const Key& key, double& out) { read(key, out, true); }

  void required(const Key& key, std::string& out) { read(key, out, true); }

  void required(const Key& key, Bytes& out) { read(key, out, true); }

  void required(const Key& key, Seconds& out) { read(key, out, true); }

  void required(const Key& key, BytesPerSecond& out) { read(key, out, true); }

  void required(const Key& key, FlopsPerSecond& out) { read(key, out, true); }

  // `out` holds the default on entry.
  void optional(const Key& key, bool& out) { read(key, out, false); }

  void optional(const Key& key, std::int64_t& out) { read(key, out, false); }

  void optional(const Key& key, int& out) { read(key, out, false); }

  void optional(const Key& key, double& out) { read(key, out, false); }

  void optional(const Key& key, std::string& out) { read(key, out, false); }

  void optional(const Key& key, Bytes& out) { read(key, out, false); }

  void optional(const Key& key, Seconds& out) { read(key, out, false); }

  void optional(const Key& key, BytesPerSecond& out) { read(key, out, false); }

  void optional(const Key& key, FlopsPerSecond& out) { read(key, out, false); }

  // Whole numbers, each within the range of the key: a list, or one alone. On any problem `out` is left as it was.
  void counts(const Key& key, std::vector<std::uint32_t>& out, bool is_required);

  // A share written "2 %" or 0.02; range 0..1 unless the key says otherwise.
  void required_fraction(const Key& key, double& out) { read_fraction(key, out, true); }

  void optional_fraction(const Key& key, double& out) { read_fraction(key, out, false); }

  // One word of a table; the nearest one is suggested when it is none of them.
  template <typename Enum>
  void choice(const Key& key, Enum& out, std::initializer_list<std::pair<std::string_view, Enum>> table,
              bool is_required = false);

  // One row of a table, by its name. A row has a name and a sentence, which explanations of the key list. `out` is the
  // default on entry, or null.
  template <typename Row>
  void choice_of_row(const Key& key, const Row*& out, std::span<const Row> rows, bool is_required = false);

  // A complaint of the caller's own about a value that is fine alone, in the same form: "file:line:column: path.key:
  // message".
  void complain(std::string_view name, const std::string& message);

  // Reports every key that was never asked for. Call it last.
  void finish();

 private:
  struct Silent {};

  Reader(Silent silent, Position position, std::string path, ReadingLog& log, bool is_reported);

  Reader section(const Key& key, bool is_required);
  // Notes that the key was asked for, and what for; only the first time counts.
  void note(const Key& key, Declaration declaration);
  const Value* find(const Key& key, std::string_view expected, bool is_required);
  // Records the value that counts for a noted key.
  void settle(std::string_view name, std::string value_text);
  [[nodiscard]] std::string path_of(std::string_view name) const;
  template <typename Kind, typename T>
  void read_as(const Key& key, T& out, bool is_required);

  void read(const Key& key, bool& out, bool is_required);
  void read(const Key& key, std::int64_t& out, bool is_required);
  void read(const Key& key, int& out, bool is_required);
  void read(const Key& key, double& out, bool is_required);
  void read(const Key& key, std::string& out, bool is_required);
  void read(const Key& key, Bytes& out, bool is_required);
  void read(const Key& key, Seconds& out, bool is_required);
  void read(const Key& key, BytesPerSecond& out, bool is_required);
  void read(const Key& key, FlopsPerSecond& out, bool is_required);
  void read_fraction(const Key& key, double& out, bool is_required);
  // `sentences`: of the words, or none.
  std::optional<std::size_t> read_choice(const Key& key, std::span<const std::string_view> words,
                                         std::span<const std::string_view> sentences,
                                         std::optional<std::size_t> default_index, bool is_required);

  const Value* map_ = nullptr;  // null when there is no such map in the file
  Position position_;
  std::string path_;
  ReadingLog* log_;
  bool is_reported_ = false;  // there should be one, and the user was told: complaints about it would be noise
  std::vector<std::string> known_;
};

template <typename Enum>
void Reader::choice(const Key& key, Enum& out, std::initializer_list<std::pair<std::string_view, Enum>> table,
                    bool is_required)
{
  std::vector<std::string_view> words;
  std::optional<std::size_t> default_index;
  for (const auto& [word, value] : table) {
    if (value == out)
      default_index = words.size();
    words.push_back(word);
  }
  if (const auto index = read_choice(key, words, {}, default_index, is_required))
    out = std::data(table)[*index].second;
}

template <typename Row>
void Reader::choice_of_row(const Key& key, const Row*& out, std::span<const Row> rows, bool is_required)
{
  std::vector<std::string_view> words;
  std::vector<std::string_view> sentences;
  std::optional<std::size_t> default_index;
  for (const Row& row : rows) {
    if (&row == out)
      default_index = words.size();
    words.push_back(row.name);
    sentences.push_back(row.sentence);
  }
  if (const auto index = read_choice(key, words, sentences, default_index, is_required))
    out = &rows[*index];
}

}  // namespace cm::sim::config

// Checked reading of a Value into a Spec. A reader states each key once: name, type, range, one sentence. Everything
// that is wrong is collected, never only the first; unknown keys get the nearest valid name.
//
// A number may be written bare ("28 GB/s") or with its evidence:
//   lane_bandwidth: {value: 28 GB/s, evidence: published, source: "arXiv:2506.12708v2 Fig. 5"}
// evidence is measured | published | derived | calibrated | assumed. All but assumed need `source:`; assumed needs
// `assumed: "why"` instead of `source:` (and then `evidence:` may be left out).
// In a file under configs/parts/ bare numbers are errors.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config/value.h"
#include "sim/units/quantity.h"

namespace cm::sim::config {

enum class Evidence { Measured, Published, Derived, Calibrated, Assumed };
std::string_view to_text(Evidence evidence);

// One number that entered the run, and why we believe it.
struct Provenance {
  std::string path;   // "machine.ub.lane_bandwidth"
  std::string value;  // as written
  Evidence evidence = Evidence::Assumed;
  std::string source;  // document and table, or the reason of an assumption
};

// One key as a reader declared it; `cmsim schema` and `cmsim explain` are made from these.
struct Declaration {
  std::string path;
  std::string type;  // "bandwidth", "integer", "choice", ...
  std::string sentence;
  bool required = false;
  std::string default_text;
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::vector<std::string> choices;
};

// What reading leaves behind besides the Spec.
struct ReadingLog {
  std::vector<std::string> problems;  // "file:line:column: key: expected ..., found ..."
  std::vector<Provenance> provenance;
  std::vector<Declaration> declarations;
};

// Throws ConfigError with all problems, one a line, when there are any.
void throw_if_any(const ReadingLog& log);

struct Key {
  std::string_view name;
  std::string_view sentence;
  // In the unit the type counts in (bytes, seconds, bytes/s, flop/s, 1). Both ends are allowed values.
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
  [[nodiscard]] bool has(std::string_view name) const;
  // Position of a key's value, or of the map when the key is missing.
  [[nodiscard]] Position position(std::string_view name) const;
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

  // A share written "2 %" or 0.02; range 0..1 unless the key says otherwise.
  void required_fraction(const Key& key, double& out) { read_fraction(key, out, true); }
  void optional_fraction(const Key& key, double& out) { read_fraction(key, out, false); }

  // One word of a table; the nearest one is suggested when it is none of them.
  template <typename Enum>
  void choice(const Key& key, Enum& out, std::initializer_list<std::pair<std::string_view, Enum>> table,
              bool is_required = false);

  // A complaint of the caller's own about a key, in the same form: "file:line:column: path.key: message".
  void complain(std::string_view name, const std::string& message);

  // Reports every key that was never asked for. Call it last.
  void finish();

 private:
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
  std::optional<std::size_t> read_choice(const Key& key, std::span<const std::string_view> words,
                                         std::optional<std::size_t> default_index, bool is_required);

  const Value* map_;  // null when the section is missing
  std::string path_;
  ReadingLog* log_;
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
  if (const auto index = read_choice(key, words, default_index, is_required))
    out = std::data(table)[*index].second;
}

}  // namespace cm::sim::config

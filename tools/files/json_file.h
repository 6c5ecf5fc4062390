// A JSON file of ours whose mistakes are told with line and column. All that the tools read passes here.
#pragma once

#include "sim/config/reading_log.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cm::tools {

class JsonFile {
 public:
  using Json = nlohmann::ordered_json;
  using Keys = std::vector<std::string>;  // from the root inwards

  // Larger ones are refused. A result of serving has some 100 KiB.
  static constexpr std::size_t LargestFile = std::size_t{64} << 20U;

  // Reads the whole file; the log is borrowed and outlives this. The root is null when the file cannot be read or is no
  // JSON object (json_problem()), which is reported.
  JsonFile(const std::string& path, sim::config::ReadingLog& log);

  [[nodiscard]] const Json& root() const { return root_; }

  // Value at the keys; a reported problem and zero, an empty text or an empty object when it is missing or something
  // else. An index of a list is a key too ("2").
  [[nodiscard]] double number(const Keys& keys) const;
  // A whole number of at least 0.
  [[nodiscard]] std::uint64_t count(const Keys& keys) const;
  [[nodiscard]] std::string text(const Keys& keys) const;
  [[nodiscard]] const Json& object(const Keys& keys) const;
  [[nodiscard]] const Json& list(const Keys& keys) const;
  [[nodiscard]] bool has(const Keys& keys) const { return find(keys) != nullptr; }
  // Null when there is none.
  [[nodiscard]] const Json* find(const Keys& keys) const;

  // Place of the value, or of what is around it when there is none.
  [[nodiscard]] sim::config::Position position(const Keys& keys) const;

  // "expected ..., found ..." with the place of the value, or of what is around it when there is none. `found` in place
  // of the value, when there is more to say of it.
  void complain(const Keys& keys, const std::string& expected, const std::string& found = {}) const;

 private:
  static constexpr int MostProblems = 20;  // told of one file

  std::string path_;
  std::string text_;
  sim::config::ReadingLog& log_;
  mutable int problems_ = 0;
  Json root_;
};

}  // namespace cm::tools

// A JSON file of ours whose mistakes are told with line and column.
#pragma once

#include "sim/config/reading_log.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace cm::tools {

class JsonFile {
 public:
  using Json = nlohmann::ordered_json;
  using Keys = std::vector<std::string>;  // from the root inwards

  // Reads the whole file; the log is borrowed and outlives this. The root is null when the file is no JSON object,
  // which is reported.
  JsonFile(const std::string& path, sim::config::ReadingLog& log);

  [[nodiscard]] const Json& root() const { return root_; }

  // What stands there; a reported problem and zero, an empty text or an empty object when it is missing or something
  // else.
  [[nodiscard]] double number(const Keys& keys) const;
  [[nodiscard]] std::string text(const Keys& keys) const;
  [[nodiscard]] const Json& object(const Keys& keys) const;
  [[nodiscard]] const Json& list(const Keys& keys) const;
  [[nodiscard]] bool has(const Keys& keys) const { return find(keys) != nullptr; }

  void complain(const Keys& keys, const std::string& expected) const;

 private:
  [[nodiscard]] const Json* find(const Keys& keys) const;

  std::string path_;
  sim::config::ReadingLog& log_;
  Json root_;
};

}  // namespace cm::tools

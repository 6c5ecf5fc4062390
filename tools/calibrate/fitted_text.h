// Fitted numbers in the text of a part or model file: only those numbers change, every comment and line stays.
#pragma once

#include <string>
#include <vector>

namespace cm::tools {

struct FittedNumber {
  std::string key;    // within the file: "access.npu_base"
  std::string value;  // "0.78 us"
  std::string uncertainty;
  std::string fitted_to;
};

// The file's text with each number written anew, as calibrated, with what it was fitted to; its source stays. Throws
// ConfigError when a key is not there or is not written {value: ..., source: ...} on one line.
std::string with_fitted_numbers(const std::string& path, const std::vector<FittedNumber>& numbers);

// Number that the file holds at `key` now: "0.78 us". Throws ConfigError when there is no number with evidence.
std::string written_number(const std::string& path, const std::string& key);

// Keys of all numbers with evidence in the file.
std::vector<std::string> written_keys(const std::string& path);

}  // namespace cm::tools

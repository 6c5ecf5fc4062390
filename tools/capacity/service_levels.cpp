#include "tools/capacity/service_levels.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "sim/units/parse_quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace cm::tools {
namespace {

std::vector<std::string> keys()
{
  return {"slo.ttft", "slo.tpot", "share"};
}

class LevelsReader {
 public:
  explicit LevelsReader(const std::string& text)
  {
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t comma = std::min(text.find(',', at), text.size());
      read(std::string_view(text).substr(at, comma - at), at + 1);
      at = comma + 1;
    }
    // An item that cannot be read may be the one that seems to be missing, and its line tells all keys.
    for (const char* const key : {"slo.ttft", "slo.tpot"})
      if (!has_stranger_ && std::ranges::find(seen_, key) == seen_.end())
        complain(text.size() + 1, fmt::format("{}: expected a time like {}=2s, found no such key", key, key));
    if (!problems_.empty())
      throw ConfigError(problems_);
  }

  [[nodiscard]] const ServiceLevels& levels() const { return levels_; }

 private:
  void complain(std::size_t column, std::string_view what)
  {
    problems_ += fmt::format("{}--find-capacity:1:{}: {}", problems_.empty() ? "" : "\n", column, what);
  }

  void read(std::string_view item, std::size_t column)
  {
    const std::size_t equals = item.find('=');
    const std::string key(item.substr(0, equals));
    if (std::ranges::count(keys(), key) == 0) {
      has_stranger_ = true;
      complain(column, fmt::format("expected slo.ttft=TIME,slo.tpot=TIME and at will share=SHARE, found \"{}\"{}", item,
                                   sim::config::suggestion(key, keys(), "keys")));
      return;
    }
    if (std::ranges::find(seen_, key) != seen_.end())
      complain(column, fmt::format("{}: expected it once, found it again", key));
    seen_.push_back(key);
    if (equals == std::string_view::npos) {
      complain(column + item.size(),
               fmt::format("expected {}={}, found no value", key, key == "share" ? "SHARE" : "TIME"));
      return;
    }
    accept(key, item.substr(equals + 1), column + equals + 1);
  }

  void accept(const std::string& key, std::string_view text, std::size_t column)
  {
    if (key == "share") {
      const auto share = parse_fraction(text);
      if (!share || *share <= 0 || *share > 1)
        complain(column, fmt::format("share: expected a share above 0 % and at most 100 %, found \"{}\"", text));
      levels_.share = share.value_or(levels_.share);
      return;
    }
    const auto time = parse_seconds(text);
    if (!time || *time <= Seconds(0))
      complain(column, fmt::format("{}: expected a time above 0 like 2s or 50ms, found \"{}\"", key, text));
    (key == "slo.ttft" ? levels_.ttft : levels_.tpot) = text;
  }

  ServiceLevels levels_;
  std::vector<std::string> seen_;
  bool has_stranger_ = false;
  std::string problems_;
};

}  // namespace

ServiceLevels parse_service_levels(const std::string& text)
{
  return LevelsReader(text).levels();
}

}  // namespace cm::tools

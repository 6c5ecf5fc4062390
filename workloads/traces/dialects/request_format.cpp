#include "workloads/traces/dialects/request_format.h"

#include "sim/config/json_text.h"
#include "sim/diagnostics/ensure.h"
#include "sim/units/bit_mix.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

namespace cm::workloads {
namespace {

constexpr std::string_view AzureHeader = "TIMESTAMP,ContextTokens,GeneratedTokens";
// Seconds, of a stamp in any unit: far behind every date.
constexpr double LatestStamp = 1e10;

std::string shortened(std::string_view text)
{
  constexpr std::size_t Most = 40;
  return fmt::format("{}{}", text.substr(0, Most), text.size() <= Most ? "" : "...");
}

int column_at(std::string_view line, std::size_t index)
{
  return index < line.size() ? static_cast<int>(index) + 1 : 1;
}

// Column of a key's value in a flat JSON object; 1 when there is no such key.
int column_of(std::string_view line, std::string_view key)
{
  const std::size_t name = line.rfind(fmt::format("\"{}\"", key));
  const std::size_t colon = name == std::string_view::npos ? name : line.find(':', name);
  return colon == std::string_view::npos ? 1 : column_at(line, line.find_first_not_of(" \t", colon + 1));
}

// An id for every `group` ids in front, the last group perhaps not full: equal ones mean that all ids up to there are
// equal.
std::vector<std::uint64_t> grouped(std::span<const std::uint64_t> ids, std::size_t group)
{
  std::vector<std::uint64_t> groups;
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    so_far = mix_index(so_far + mix_index(ids[i]));
    if ((i + 1) % group == 0 || i + 1 == ids.size())
      groups.push_back(so_far);
  }
  return groups;
}

class JsonLines final : public RequestFormat {
 public:
  JsonLines(const TraceDialect& dialect, std::int64_t cached_block_tokens)
      : unit_(dialect.time.value_or(TimeUnit::Milliseconds)), takes_fractions_(dialect.time.has_value()),
        block_tokens_(dialect.block_tokens.value_or(cached_block_tokens)),
        group_(static_cast<std::size_t>(cached_block_tokens / block_tokens_))
  {
    ensure(cached_block_tokens % block_tokens_ == 0, "cached blocks of {} tokens, ids of {}", cached_block_tokens,
           block_tokens_);
  }

  Parsed parse(std::string_view line) const override
  {
    if (const auto problem = sim::config::json_problem(line))
      return Damage{problem->what, problem->place.column};
    const auto fields = nlohmann::json::parse(line, nullptr, false);
    if (!fields.is_object())
      return Damage{Expected};
    Record record;
    Request& request = record.request;
    if (const auto wrong = read_time(fields, record))
      return Damage{"timestamp: " + *wrong, column_of(line, "timestamp")};
    record.time_column = column_of(line, "timestamp");
    for (const auto& [name, target] :
         {std::pair{"input_length", &request.input_tokens}, std::pair{"output_length", &request.output_tokens}}) {
      const auto field = fields.find(name);
      const bool is_whole = field != fields.end() && field->is_number_integer();
      if (!is_whole || field->get<std::int64_t>() < 1 || field->get<std::int64_t>() > MostTokens)
        return Damage{
            fmt::format("{}: expected an integer from 1 to {}, found {}", name, MostTokens, found_text(fields, field)),
            column_of(line, name)};
      *target = field->get<std::int64_t>();
    }
    if (const auto ids = fields.find("hash_ids"); ids != fields.end())
      if (const auto wrong = read_blocks(*ids, request))
        return Damage{"hash_ids: " + *wrong, column_of(line, "hash_ids")};
    return record;
  }

  [[nodiscard]] bool has_header() const override { return false; }
  [[nodiscard]] bool has_dialects() const override { return true; }

  static constexpr const char* Expected =
      "expected {\"timestamp\": ..., \"input_length\": ..., \"output_length\": ..., \"hash_ids\": [...]}";

 private:
  [[nodiscard]] static std::string found_text(const nlohmann::json& fields, const nlohmann::json::const_iterator& field)
  {
    return field == fields.end() ? "no such key" : shortened(field->dump());
  }

  // Problem with the time; empty when there is none.
  [[nodiscard]] std::optional<std::string> read_time(const nlohmann::json& fields, Record& record) const
  {
    const auto field = fields.find("timestamp");
    const bool is_number =
        field != fields.end() && (takes_fractions_ ? field->is_number() : field->is_number_integer());
    const double stamp = is_number ? field->get<double>() : -1;
    const double latest = LatestStamp / seconds_of(unit_);
    if (!(stamp >= 0 && stamp <= latest))
      return fmt::format("expected {} from 0 to {:.0f}, found {}", takes_fractions_ ? "a number" : "an integer", latest,
                         found_text(fields, field));
    record.request.arrival = Seconds(stamp * seconds_of(unit_));
    record.time = fmt::format("{} {}", field->dump(), unit_text(unit_));
    return std::nullopt;
  }

  // Problem with the ids of blocks; empty when there is none.
  [[nodiscard]] std::optional<std::string> read_blocks(const nlohmann::json& ids, Request& request) const
  {
    if (!ids.is_array())
      return fmt::format("expected a list, found {}", shortened(ids.dump()));
    for (const auto& id : ids) {
      if (!id.is_number_unsigned())
        return fmt::format("expected integers of at least 0, found {}", shortened(id.dump()));
      request.blocks.push_back(id.get<std::uint64_t>());
    }
    const std::int64_t needed = (request.input_tokens + block_tokens_ - 1) / block_tokens_;
    if (static_cast<std::int64_t>(request.blocks.size()) != needed)
      return fmt::format("expected {} ids for {} tokens in blocks of {}, found {}", needed, request.input_tokens,
                         block_tokens_, request.blocks.size());
    if (group_ > 1)
      request.blocks = grouped(request.blocks, group_);
    return std::nullopt;
  }

  TimeUnit unit_;
  bool takes_fractions_;
  std::int64_t block_tokens_;  // of the file's ids
  std::size_t group_;          // of these in a cached block
};

template <typename Number>
bool is_whole_number(std::string_view text, Number& value)
{
  const auto outcome = std::from_chars(text.data(), text.data() + text.size(), value);
  return outcome.ec == std::errc() && outcome.ptr == text.data() + text.size();
}

// "", "Z", "+02:00": seconds that the zone is ahead of Greenwich; empty when it is none.
std::optional<double> zone_of(std::string_view text)
{
  if (text.empty() || text == "Z")
    return 0;
  int hours = 0;
  int minutes = 0;
  if (text.size() != 6 || text[3] != ':' || !is_whole_number(text.substr(1, 2), hours) ||
      !is_whole_number(text.substr(4), minutes) || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
    return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours * 3600.0 + minutes * 60.0);
}

// "2023-11-16 18:15:46.6805900", with or without a zone, as seconds since the epoch; empty when it is none.
std::optional<double> time_of(std::string_view text)
{
  constexpr std::string_view Shape = "0000-00-00 00:00:00";
  if (text.size() < Shape.size())
    return std::nullopt;
  for (std::size_t i = 0; i < Shape.size(); ++i)
    if (Shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != Shape[i])
      return std::nullopt;
  const auto number = [&](std::size_t begin, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + begin, text.data() + begin + size, value);
    return value;
  };
  const std::size_t zone_begin = std::min(text.find_first_of("+-Z", Shape.size()), text.size());
  const auto zone = zone_of(text.substr(zone_begin));
  double second = 0;
  if (!zone || !is_whole_number(text.substr(17, zone_begin - 17), second))
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  const int hour = number(11, 2);
  const int minute = number(14, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second >= 61)
    return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<double>(days) * 86400.0 + hour * 3600.0 + minute * 60.0 + second - *zone;
}

class AzureRows final : public RequestFormat {
 public:
  Parsed parse(std::string_view line) const override
  {
    const std::size_t first = line.find(',');
    const std::size_t second = first == std::string_view::npos ? first : line.find(',', first + 1);
    if (second == std::string_view::npos || line.find(',', second + 1) != std::string_view::npos)
      return Damage{fmt::format("expected three cells, {}", AzureHeader)};
    const auto stamp = time_of(line.substr(0, first));
    if (!stamp)
      return Damage{fmt::format("expected a time like 2023-11-16 18:15:46.6805900 or 2024-05-12 00:00:00.001163+00:00, "
                                "found \"{}\"",
                                shortened(line.substr(0, first)))};
    Record record;
    record.time = line.substr(0, first);
    record.request.arrival = Seconds(*stamp);
    const std::array<std::pair<std::string_view, std::int64_t*>, 2> cells{
        {{line.substr(first + 1, second - first - 1), &record.request.input_tokens},
         {line.substr(second + 1), &record.request.output_tokens}}};
    for (const auto& [text, target] : cells)
      if (!is_whole_number(text, *target) || *target < 1 || *target > MostTokens)
        return Damage{
            fmt::format("expected a number of tokens from 1 to {}, found \"{}\"", MostTokens, shortened(text)),
            static_cast<int>(text.data() - line.data()) + 1};
    return record;
  }

  [[nodiscard]] bool has_header() const override { return true; }
  [[nodiscard]] bool has_dialects() const override { return false; }
};

}  // namespace

std::unique_ptr<RequestFormat> request_format(std::string_view first_line, const TraceDialect& dialect,
                                              std::int64_t cached_block_tokens)
{
  if (first_line == AzureHeader)
    return std::make_unique<AzureRows>();
  if (first_line.starts_with('{'))
    return std::make_unique<JsonLines>(dialect, cached_block_tokens);
  return nullptr;
}

std::string request_formats_text()
{
  return fmt::format("a JSON object a line (Mooncake), the line \"{}\" (Azure)", AzureHeader);
}

}  // namespace cm::workloads

#include "workloads/traces/request_file.h"

#include "sim/diagnostics/errors.h"
#include "workloads/traces/input_file.h"
#include "workloads/traces/servegen_file.h"
#include "workloads/traces/tar_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <deque>
#include <string_view>
#include <tuple>
#include <variant>

namespace cm::workloads {
namespace {

constexpr std::string_view AzureHeader = "TIMESTAMP,ContextTokens,GeneratedTokens";
constexpr std::int64_t MostTokens = 100'000'000;

// A record, or what is wrong with its line and in which column.
struct Damage {
  std::string what;
  int column = 1;
};
using Parsed = std::variant<Request, Damage>;

class Format {
 public:
  virtual ~Format() = default;
  virtual Parsed parse(std::string_view line) = 0;
};

class MooncakeLines final : public Format {
 public:
  explicit MooncakeLines(std::int64_t block_tokens) : block_tokens_(block_tokens) {}

  Parsed parse(std::string_view line) override
  {
    const auto record = nlohmann::json::parse(line, nullptr, false);
    if (!record.is_object())
      return Damage{
          "expected {\"timestamp\": ..., \"input_length\": ..., \"output_length\": ..., \"hash_ids\": [...]}"};
    Request request;
    std::int64_t milliseconds = 0;
    for (const auto& [name, target, least] : {std::tuple{"timestamp", &milliseconds, std::int64_t{0}},
                                              std::tuple{"input_length", &request.input_tokens, std::int64_t{1}},
                                              std::tuple{"output_length", &request.output_tokens, std::int64_t{1}}}) {
      const auto field = record.find(name);
      if (field == record.end() || !field->is_number_integer() || field->get<std::int64_t>() < least)
        return Damage{fmt::format("{}: expected an integer of at least {}, found {}", name, least,
                                  field == record.end() ? "no such key" : field->dump())};
      *target = field->get<std::int64_t>();
    }
    request.arrival = Seconds(static_cast<double>(milliseconds) * 1e-3);
    return with_blocks(record, std::move(request));
  }

 private:
  [[nodiscard]] Parsed with_blocks(const nlohmann::json& record, Request request) const
  {
    const auto ids = record.find("hash_ids");
    if (ids == record.end())
      return request;
    if (!ids->is_array())
      return Damage{fmt::format("hash_ids: expected a list, found {}", ids->dump())};
    for (const auto& id : *ids) {
      if (!id.is_number_unsigned())
        return Damage{fmt::format("hash_ids: expected integers of at least 0, found {}", id.dump())};
      request.blocks.push_back(id.get<std::uint64_t>());
    }
    const std::int64_t needed = (request.input_tokens + block_tokens_ - 1) / block_tokens_;
    if (static_cast<std::int64_t>(request.blocks.size()) != needed)
      return Damage{fmt::format("hash_ids: expected {} ids for {} tokens in blocks of {}, found {}", needed,
                                request.input_tokens, block_tokens_, request.blocks.size())};
    return request;
  }

  std::int64_t block_tokens_;
};

// "2023-11-16 18:15:46.6805900" as seconds since the epoch; empty when it is none.
std::optional<double> time_of(std::string_view text)
{
  std::array<int, 5> part{};
  constexpr std::array<std::pair<std::size_t, std::size_t>, 5> Places{{{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}}};
  if (text.size() < 19)
    return std::nullopt;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char* begin = text.data() + Places[i].first;
    const char* end = begin + Places[i].second;
    if (const auto outcome = std::from_chars(begin, end, part[i]); outcome.ec != std::errc() || outcome.ptr != end)
      return std::nullopt;
  }
  double second = 0;
  if (const auto outcome = std::from_chars(text.data() + 17, text.data() + text.size(), second);
      outcome.ec != std::errc() || outcome.ptr != text.data() + text.size())
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(part[0]), std::chrono::month(static_cast<unsigned>(part[1])),
                                         std::chrono::day(static_cast<unsigned>(part[2]))};
  if (!date.ok() || part[3] > 23 || part[4] > 59 || second >= 61)
    return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<double>(days) * 86400.0 + part[3] * 3600.0 + part[4] * 60.0 + second;
}

class AzureRows final : public Format {
 public:
  Parsed parse(std::string_view line) override
  {
    const std::size_t first = line.find(',');
    const std::size_t second = first == std::string_view::npos ? first : line.find(',', first + 1);
    if (second == std::string_view::npos || line.find(',', second + 1) != std::string_view::npos)
      return Damage{fmt::format("expected three cells, {}", AzureHeader)};
    const auto stamp = time_of(line.substr(0, first));
    if (!stamp)
      return Damage{
          fmt::format("expected a time like 2023-11-16 18:15:46.6805900, found \"{}\"", line.substr(0, first))};
    Request request;
    const std::array<std::pair<std::string_view, std::int64_t*>, 2> cells{
        {{line.substr(first + 1, second - first - 1), &request.input_tokens},
         {line.substr(second + 1), &request.output_tokens}}};
    for (const auto& [text, target] : cells) {
      const auto outcome = std::from_chars(text.data(), text.data() + text.size(), *target);
      if (outcome.ec != std::errc() || outcome.ptr != text.data() + text.size() || *target < 1 || *target > MostTokens)
        return Damage{fmt::format("expected a number of tokens from 1 to {}, found \"{}\"", MostTokens, text),
                      static_cast<int>(text.data() - line.data()) + 1};
    }
    if (!origin_)
      origin_ = stamp;
    request.arrival = Seconds(*stamp - *origin_);
    return request;
  }

 private:
  std::optional<double> origin_;
};

class RequestFile final : public RequestSource {
 public:
  explicit RequestFile(const RequestFileSpec& spec) : spec_(spec), file_(spec.path)
  {
    const bool has_line = file_.next_line(line_);
    if (has_line && line_ == AzureHeader) {
      format_ = std::make_unique<AzureRows>();
      return;
    }
    if (!has_line || !line_.starts_with('{'))
      throw ConfigError(fmt::format(
          "{}: expected a JSON object a line (Mooncake), the line \"{}\" (Azure) or a tar archive (ServeGen), found {}",
          to_text(file_.position()), AzureHeader, has_line ? "\"" + line_.substr(0, 40) + "\"" : "an empty file"));
    format_ = std::make_unique<MooncakeLines>(spec.block_tokens);
    holds_line_ = true;
  }

  std::optional<Request> next() override
  {
    if (together_.empty())
      read_together();
    if (together_.empty())
      return std::nullopt;
    Request request = std::move(together_.front());
    together_.pop_front();
    return request;
  }

  [[nodiscard]] std::uint64_t skipped() const override { return skipped_; }

 private:
  // All requests of the next time stamp, spread.
  void read_together()
  {
    if (!ahead_)
      ahead_ = next_record();
    if (!ahead_)
      return;
    const Seconds stamp = ahead_->arrival;
    while (ahead_ && ahead_->arrival == stamp) {
      together_.push_back(std::move(*ahead_));
      ahead_ = next_record();
    }
    // A stamp that follows sooner than the spread ends it: requests stay in order.
    const Seconds room = ahead_ ? std::min(spec_.spread, ahead_->arrival - stamp) : spec_.spread;
    const auto count = static_cast<double>(together_.size());
    for (std::size_t i = 0; i < together_.size(); ++i)
      together_[i].arrival = stamp + room * (static_cast<double>(i) / count);
  }

  std::optional<Request> next_record()
  {
    while (holds_line_ || file_.next_line(line_)) {
      holds_line_ = false;
      if (line_.empty())
        continue;
      Parsed parsed = format_->parse(line_);
      if (Request* request = std::get_if<Request>(&parsed)) {
        if (request->arrival >= latest_) {
          latest_ = request->arrival;
          return std::move(*request);
        }
        parsed = Damage{"expected requests in order of arrival, found an earlier time than in the line before"};
      }
      const Damage& damage = std::get<Damage>(parsed);
      if (!spec_.skip_damaged_lines)
        throw ConfigError(fmt::format("{}: {} (workload.skip_damaged_lines: true leaves such lines out)",
                                      to_text(file_.position(damage.column)), damage.what));
      ++skipped_;
    }
    return std::nullopt;
  }

  RequestFileSpec spec_;
  InputFile file_;
  std::unique_ptr<Format> format_;
  std::string line_;
  bool holds_line_ = false;
  std::optional<Request> ahead_;
  std::deque<Request> together_;
  Seconds latest_;
  std::uint64_t skipped_ = 0;
};

}  // namespace

std::unique_ptr<RequestSource> open_request_file(const RequestFileSpec& spec)
{
  InputFile probe(spec.path);
  // The header of an archive has no line ends.
  if (std::string line; probe.next_line(line) && begins_like_tar(line))
    return open_servegen(spec.path, spec.seed, spec.skip_damaged_lines);
  return std::make_unique<RequestFile>(spec);
}

}  // namespace cm::workloads

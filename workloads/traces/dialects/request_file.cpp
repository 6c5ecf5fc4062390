#include "workloads/traces/dialects/request_file.h"

#include "sim/diagnostics/errors.h"
#include "workloads/traces/dialects/dialect_guess.h"
#include "workloads/traces/dialects/request_format.h"
#include "workloads/traces/regular_file.h"
#include "workloads/traces/servegen_file.h"
#include "workloads/traces/tar_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>

namespace cm::workloads {
namespace {

struct Line {
  Record record;
  int number = 0;

  [[nodiscard]] Seconds time() const { return record.request.arrival; }
};

// Request with the number of its line.
struct Placed {
  Request request;
  int line = 0;
};

void check_dialect(const RequestFileSpec& spec, std::string_view found)
{
  if (!spec.dialect.is_default())
    throw ConfigError(
        fmt::format("{}:1:1: expected JSON lines, which workload.trace_format is for, found {}", spec.path, found));
}

class RequestFile final : public RequestSource {
 public:
  explicit RequestFile(const RequestFileSpec& spec) : spec_(spec), file_(spec.path)
  {
    const bool has_line = file_.next_line(text_);
    if (has_line)
      format_ = request_format(text_, spec.dialect, spec.block_tokens);
    if (!format_)
      throw ConfigError(fmt::format("{}: expected {} or a tar archive (ServeGen), found {}", to_text(file_.position()),
                                    request_formats_text(),
                                    has_line ? "\"" + text_.substr(0, 40) + "\"" : "an empty file"));
    if (!format_->has_dialects())
      check_dialect(spec, "\"" + text_ + "\"");
    holds_line_ = !format_->has_header();
  }

  std::optional<Request> next() override
  {
    if (together_.empty())
      read_together();
    if (together_.empty()) {
      count_skipped_before(std::numeric_limits<int>::max());
      refuse_other_dialect();
      return std::nullopt;
    }
    Placed placed = std::move(together_.front());
    together_.pop_front();
    count_skipped_before(placed.line);
    spread_ += are_spread_ ? 1 : 0;
    ++handed_out_;
    return std::move(placed.request);
  }

  [[nodiscard]] std::uint64_t skipped() const override { return skipped_; }
  [[nodiscard]] std::uint64_t spread() const override { return spread_; }

 private:
  // All requests of the next time stamp, spread.
  void read_together()
  {
    if (!ahead_)
      ahead_ = next_in_order();
    if (!ahead_)
      return;
    const Seconds stamp = ahead_->request.arrival;
    // Those that are not spread need not be known together.
    const bool is_spread = spec_.spread > Seconds(0);
    do {
      together_.push_back(std::move(*ahead_));
      ahead_ = next_in_order();
    } while (is_spread && ahead_ && ahead_->request.arrival == stamp);
    // A stamp that follows sooner than the spread ends it: requests stay in order.
    const Seconds room = ahead_ ? std::min(spec_.spread, ahead_->request.arrival - stamp) : spec_.spread;
    const auto count = static_cast<double>(together_.size());
    for (std::size_t i = 0; i < together_.size(); ++i)
      together_[i].request.arrival = stamp + room * (static_cast<double>(i) / count);
    are_spread_ = together_.size() > 1 && room > Seconds(0);
  }

  // Refuses one of two lines in the wrong order. The first has the wrong time when the second fits behind all before:
  // it jumped ahead, and would make every line after it look late. Else the second has. A wrong time on two lines in a
  // row is taken for right.
  std::optional<Placed> next_in_order()
  {
    if (!pending_)
      pending_ = next_line();
    while (pending_) {
      std::optional<Line> after = next_line();
      if (after && after->time() - origin_.value_or(pending_->time()) > LatestArrival) {
        refuse(*after, fmt::format("expected a time within {:.0f} days of the start, found {}",
                                   LatestArrival.count() / 86400, after->record.time));
        continue;
      }
      if (!after || after->time() >= pending_->time())
        return confirmed(std::move(after));
      const bool is_pending = !latest_ || after->time() >= *latest_;
      const Line& wrong = is_pending ? *pending_ : *after;
      const Line& other = is_pending ? *after : *pending_;
      refuse(wrong, fmt::format("expected requests in order of arrival, found {}, and {} in line {}", wrong.record.time,
                                other.record.time, other.number));
      if (is_pending)
        pending_ = std::move(after);
    }
    return std::nullopt;
  }

  Placed confirmed(std::optional<Line> after)
  {
    Placed placed{.request = std::move(pending_->record.request), .line = pending_->number};
    pending_ = std::move(after);
    latest_ = placed.request.arrival;
    if (!origin_)
      origin_ = placed.request.arrival;
    placed.request.arrival = since(*origin_, placed.request.arrival);
    return placed;
  }

  // The next one that can be read.
  std::optional<Line> next_line()
  {
    while (holds_line_ || file_.next_line(text_)) {
      holds_line_ = false;
      if (text_.empty())
        continue;
      Parsed parsed = format_->parse(text_);
      if (Record* record = std::get_if<Record>(&parsed))
        return Line{std::move(*record), file_.position().line};
      const Damage& damage = std::get<Damage>(parsed);
      refuse(file_.position(damage.column), damage.what);
    }
    return std::nullopt;
  }

  void refuse(const Line& line, const std::string& what)
  {
    sim::config::Position position = file_.position(line.record.time_column);
    position.line = line.number;
    refuse(position, what);
  }

  void refuse(const sim::config::Position& position, const std::string& what)
  {
    if (!spec_.skip_damaged_lines) {
      const std::string other = format_->has_dialects() ? other_dialect() : "";
      throw ConfigError(fmt::format("{}: {} ({})", to_text(position), what,
                                    other.empty() ? "workload.skip_damaged_lines: true leaves such lines out"
                                                  : "the lines look like " + other));
    }
    if (first_damage_.empty())
      first_damage_ = fmt::format("{}: {}", to_text(position), what);
    damaged_.push_back(position.line);
  }

  // Lines are read ahead of the requests that are handed out.
  void count_skipped_before(int line)
  {
    for (; !damaged_.empty() && damaged_.front() < line; damaged_.pop_front())
      ++skipped_;
  }

  [[nodiscard]] std::string other_dialect() const
  {
    return other_dialect_text(spec_.path, spec_.dialect, spec_.block_tokens);
  }

  // Refuses a file of another dialect: read as this one, it would leave few requests, and wrong ones.
  void refuse_other_dialect() const
  {
    if (skipped_ <= handed_out_ || !format_->has_dialects())
      return;
    if (const std::string other = other_dialect(); !other.empty())
      throw ConfigError(fmt::format("{}:1:1: expected lines that can be read, found {} of {} that cannot; the first is "
                                    "{}; the lines look like {}",
                                    spec_.path, skipped_, skipped_ + handed_out_, first_damage_, other));
  }

  RequestFileSpec spec_;
  RegularFile file_;
  std::unique_ptr<RequestFormat> format_;
  std::string text_;
  bool holds_line_ = false;
  std::optional<Line> pending_;    // read, its time not confirmed by the line after it
  std::optional<Seconds> origin_;  // that arrivals count from
  std::optional<Seconds> latest_;  // of the confirmed ones
  std::optional<Placed> ahead_;
  std::deque<Placed> together_;
  bool are_spread_ = false;  // those that are together
  std::deque<int> damaged_;  // lines, not counted yet
  std::string first_damage_;
  std::uint64_t handed_out_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t spread_ = 0;
};

}  // namespace

std::unique_ptr<RequestSource> open_request_file(const RequestFileSpec& spec)
{
  if (begins_like_tar(RegularFile(spec.path).beginning(512))) {
    check_dialect(spec, "a tar archive (ServeGen)");
    return open_servegen(spec.path, spec.seed, spec.skip_damaged_lines);
  }
  return std::make_unique<RequestFile>(spec);
}

}  // namespace cm::workloads

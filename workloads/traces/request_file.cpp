#include "workloads/traces/request_file.h"

#include "sim/diagnostics/errors.h"
#include "workloads/traces/input_file.h"
#include "workloads/traces/request_format.h"
#include "workloads/traces/servegen_file.h"
#include "workloads/traces/tar_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace cm::workloads {
namespace {

struct Line {
  Record record;
  int number = 0;

  [[nodiscard]] Seconds time() const { return record.request.arrival; }
};

class RequestFile final : public RequestSource {
 public:
  explicit RequestFile(const RequestFileSpec& spec) : spec_(spec), file_(spec.path)
  {
    const bool has_line = file_.next_line(text_);
    if (has_line)
      format_ = request_format(text_, spec.block_tokens);
    if (!format_)
      throw ConfigError(fmt::format("{}: expected {} or a tar archive (ServeGen), found {}", to_text(file_.position()),
                                    request_formats_text(),
                                    has_line ? "\"" + text_.substr(0, 40) + "\"" : "an empty file"));
    holds_line_ = !format_->has_header();
    if (format_->counts_from_start())
      origin_ = Seconds(0);
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
  [[nodiscard]] std::uint64_t spread() const override { return spread_; }

 private:
  // All requests of the next time stamp, spread.
  void read_together()
  {
    if (!ahead_)
      ahead_ = next_in_order();
    if (!ahead_)
      return;
    const Seconds stamp = ahead_->arrival;
    while (ahead_ && ahead_->arrival == stamp) {
      together_.push_back(std::move(*ahead_));
      ahead_ = next_in_order();
    }
    // A stamp that follows sooner than the spread ends it: requests stay in order.
    const Seconds room = ahead_ ? std::min(spec_.spread, ahead_->arrival - stamp) : spec_.spread;
    const auto count = static_cast<double>(together_.size());
    for (std::size_t i = 0; i < together_.size(); ++i)
      together_[i].arrival = stamp + room * (static_cast<double>(i) / count);
    if (together_.size() > 1 && room > Seconds(0))
      spread_ += together_.size();
  }

  // Of two lines in the wrong order the first has the wrong time when the second fits behind all before: it jumped
  // ahead, and would make every line after it look late. Else the second has. A wrong time on two lines in a row is
  // taken for right.
  std::optional<Request> next_in_order()
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

  Request confirmed(std::optional<Line> after)
  {
    Request request = std::move(pending_->record.request);
    pending_ = std::move(after);
    latest_ = request.arrival;
    if (!origin_)
      origin_ = request.arrival;
    request.arrival = request.arrival - *origin_;
    return request;
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
    if (!spec_.skip_damaged_lines)
      throw ConfigError(
          fmt::format("{}: {} (workload.skip_damaged_lines: true leaves such lines out)", to_text(position), what));
    ++skipped_;
  }

  RequestFileSpec spec_;
  InputFile file_;
  std::unique_ptr<RequestFormat> format_;
  std::string text_;
  bool holds_line_ = false;
  std::optional<Line> pending_;    // read, its time not confirmed by the line after it
  std::optional<Seconds> origin_;  // that arrivals count from
  std::optional<Seconds> latest_;  // of the confirmed ones
  std::optional<Request> ahead_;
  std::deque<Request> together_;
  std::uint64_t skipped_ = 0;
  std::uint64_t spread_ = 0;
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

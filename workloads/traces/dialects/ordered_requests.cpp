#include "workloads/traces/dialects/ordered_requests.h"

#include "workloads/traces/dialects/dialect_guess.h"
#include "workloads/traces/dialects/left_out_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

namespace cm::workloads {
namespace {

// Record with its number among all that were read.
struct Numbered {
  Line line;
  std::uint64_t number = 0;

  [[nodiscard]] Stamp time() const { return line.time(); }
};

struct Placed {
  Request request;
  std::uint64_t number = 0;
};

// Whether the clock reaches from one to the other.
bool are_near(Stamp a, Stamp b)
{
  return std::abs(seconds_between(a, b)) <= LatestArrival.count();
}

class OrderedRequests final : public RequestSource {
 public:
  OrderedRequests(const RequestFileSpec& spec, const TraceReading& reading, std::unique_ptr<LineSource> lines)
      : spec_(spec), reading_(reading), lines_(std::move(lines)), left_out_(spec_, reading_)
  {
  }

  std::optional<Request> next() override
  {
    if (together_.empty())
      read_together();
    if (together_.empty()) {
      left_out_.count_before(std::numeric_limits<std::uint64_t>::max(), counts_);
      left_out_.refuse_most(counts_.skipped, handed_out_);
      return std::nullopt;
    }
    Placed placed = std::move(together_.front());
    together_.pop_front();
    left_out_.count_before(placed.number, counts_);
    counts_.spread += are_spread_ ? 1 : 0;
    ++handed_out_;
    return std::move(placed.request);
  }

  [[nodiscard]] SourceCounts counts() const override { return counts_; }
  [[nodiscard]] std::string note() const override
  {
    const std::string more = lines_->note();
    return more.empty() ? reading_text(reading_) : fmt::format("{}; {}", reading_text(reading_), more);
  }

  [[nodiscard]] std::string warning() const override
  {
    return origin_ && latest_
               ? unit_doubt(spec_, reading_,
                            {.requests = handed_out_, .first = *origin_, .span = since(*origin_, *latest_)})
               : "";
  }

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
      std::optional<Numbered> after = next_line();
      if (after && !are_near(origin_.value_or(pending_->time()), after->time())) {
        refuse_far(std::move(*after));
        continue;
      }
      if (!after || after->time() >= pending_->time())
        return confirmed(std::move(after));
      const bool is_pending = !latest_ || after->time() >= *latest_;
      const Numbered& wrong = is_pending ? *pending_ : *after;
      const Numbered& other = is_pending ? *after : *pending_;
      refuse(wrong, fmt::format("expected requests in order of arrival, found {}, and {} in line {}", text_of(wrong),
                                text_of(other), other.line.line));
      if (is_pending)
        pending_ = std::move(after);
    }
    return std::nullopt;
  }

  // When the second line is far from the first, the first has the wrong time if the third is near the second.
  void refuse_far(Numbered&& after)
  {
    if (!origin_) {
      ahead_line_ = next_line();
      if (ahead_line_ && are_near(after.time(), ahead_line_->time()) &&
          !are_near(pending_->time(), ahead_line_->time())) {
        refuse(*pending_,
               fmt::format("expected a time within {:.0f} days of the next ones, {} and {}, found {}",
                           LatestArrival.count() / 86400, text_of(after), text_of(*ahead_line_), text_of(*pending_)));
        pending_ = std::move(after);
        return;
      }
    }
    refuse(after, fmt::format("expected a time within {:.0f} days of the start, found {}",
                              LatestArrival.count() / 86400, text_of(after)));
  }

  Placed confirmed(std::optional<Numbered> after)
  {
    const Stamp stamp = pending_->time();
    Placed placed{.request = std::move(pending_->line.record.request), .number = pending_->number};
    pending_ = std::move(after);
    latest_ = stamp;
    if (!origin_)
      origin_ = stamp;
    placed.request.arrival = since(*origin_, stamp);
    return placed;
  }

  // The next one that can be read.
  std::optional<Numbered> next_line()
  {
    if (ahead_line_)
      return std::exchange(ahead_line_, std::nullopt);
    for (;;) {
      LineOutcome outcome = lines_->next();
      if (std::holds_alternative<std::monostate>(outcome))
        return std::nullopt;
      const std::uint64_t number = read_++;
      if (Line* line = std::get_if<Line>(&outcome))
        return Numbered{std::move(*line), number};
      if (std::holds_alternative<FailedRequest>(outcome))
        left_out_.add_failed(number);
      else
        left_out_.refuse(std::get<DamagedLine>(outcome), number);
    }
  }

  // Its time.
  [[nodiscard]] std::string text_of(const Numbered& line) const { return time_text(line.time(), reading_.rules.time); }

  void refuse(const Numbered& wrong, const std::string& what)
  {
    left_out_.refuse({wrong.line.line, wrong.line.column, what}, wrong.number);
  }

  RequestFileSpec spec_;
  TraceReading reading_;
  std::unique_ptr<LineSource> lines_;
  std::uint64_t read_ = 0;              // lines
  std::optional<Numbered> pending_;     // read, its time not confirmed by the line after it
  std::optional<Numbered> ahead_line_;  // read ahead of that one
  std::optional<Stamp> origin_;         // that arrivals count from
  std::optional<Stamp> latest_;         // of the confirmed ones
  std::optional<Placed> ahead_;
  std::deque<Placed> together_;
  bool are_spread_ = false;  // those that are together
  LeftOutLines left_out_;
  std::uint64_t handed_out_ = 0;
  SourceCounts counts_;
};

}  // namespace

std::unique_ptr<RequestSource> order_requests(const RequestFileSpec& spec, const TraceReading& reading,
                                              std::unique_ptr<LineSource> lines)
{
  return std::make_unique<OrderedRequests>(spec, reading, std::move(lines));
}

}  // namespace cm::workloads

#include "workloads/traces/dialects/line_source.h"

#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace cm::workloads {
namespace {

// Lines held in memory, about a third of a kilobyte each.
constexpr std::size_t MostCollected = 5'000'000;

class CollectedLines final : public LineSource {
 public:
  CollectedLines(std::vector<LineOutcome> outcomes, std::string note)
      : outcomes_(std::move(outcomes)), note_(std::move(note))
  {
  }

  LineOutcome next() override { return next_ == outcomes_.size() ? LineOutcome{} : std::move(outcomes_[next_++]); }

  [[nodiscard]] std::string note() const override { return note_; }

 private:
  std::vector<LineOutcome> outcomes_;
  std::string note_;
  std::size_t next_ = 0;
};

// Puts a turn behind the earlier ones of its session; what is wrong when it has none.
std::optional<DamagedLine> add_turn(Line&& line, std::vector<LineOutcome>& outcomes,
                                    const std::map<std::string, std::size_t>& sessions)
{
  const auto session = sessions.find(line.record.session);
  if (line.record.session.empty() || session == sessions.end())
    return DamagedLine{line.line, line.column,
                       fmt::format("expected a time: \"{}\" has no earlier turn that this one follows",
                                   shortened(line.record.session))};
  Request& turn = line.record.request;
  std::get<Line>(outcomes[session->second])
      .record.request.later.push_back({.delay = line.record.delay.value_or(Seconds(0)),
                                       .input_tokens = turn.input_tokens,
                                       .output_tokens = turn.output_tokens,
                                       .blocks = std::move(turn.blocks)});
  return std::nullopt;
}

}  // namespace

FileLines::FileLines(const std::string& path, std::unique_ptr<LineParser> parser, const RecordRules& rules,
                     bool has_header)
    : file_(path), parser_(std::move(parser)), rules_(rules)
{
  if (has_header && file_.next_line(text_))
    ++line_;
}

LineOutcome FileLines::next_of_any_time()
{
  while (file_.next_line(text_)) {
    ++line_;
    if (text_.empty())
      continue;
    if (auto damage = parser_->read(text_, fields_))
      return DamagedLine{line_, damage->column, std::move(damage->what)};
    Parsed parsed = record_of(fields_, rules_, text_, *parser_);
    if (Damage* damage = std::get_if<Damage>(&parsed))
      return DamagedLine{line_, damage->column, std::move(damage->what)};
    if (Record* record = std::get_if<Record>(&parsed)) {
      const int column = record->time_column;
      return Line{std::move(*record), line_, column};
    }
    return FailedRequest{};
  }
  return {};
}

void FileLines::refuse(const std::string& what) const
{
  throw ConfigError(fmt::format("{}: {}", to_text(file_.position()), what));
}

LineOutcome FileLines::next()
{
  LineOutcome outcome = next_of_any_time();
  if (const Line* line = std::get_if<Line>(&outcome); line != nullptr && !line->record.time)
    return DamagedLine{line->line, line->column, "expected a time, found none"};
  return outcome;
}

std::unique_ptr<LineSource> collect(FileLines& lines)
{
  std::vector<LineOutcome> outcomes;
  std::size_t count = 0;
  std::map<std::string, std::size_t> sessions;  // place of the latest turn with a time of its own
  for (LineOutcome outcome = lines.next_of_any_time(); !std::holds_alternative<std::monostate>(outcome);
       outcome = lines.next_of_any_time()) {
    if (++count > MostCollected)
      lines.refuse(
          fmt::format("expected at most {} lines, since they are sorted or have sessions, found more", MostCollected));
    Line* const line = std::get_if<Line>(&outcome);
    if (line != nullptr && !line->record.time) {
      if (auto wrong = add_turn(std::move(*line), outcomes, sessions))
        outcomes.emplace_back(std::move(*wrong));
      continue;
    }
    if (line != nullptr && !line->record.session.empty())
      sessions[line->record.session] = outcomes.size();
    outcomes.push_back(std::move(outcome));
  }
  return sorted_lines(std::move(outcomes));
}

std::unique_ptr<LineSource> sorted_lines(std::vector<LineOutcome> outcomes, std::string note)
{
  // Lines without a time stay behind the one that they stand behind.
  std::vector<std::pair<Stamp, std::size_t>> order;
  Stamp latest;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (const Line* line = std::get_if<Line>(&outcomes[i]))
      latest = line->time();
    order.emplace_back(latest, i);
  }
  std::ranges::sort(order);
  std::vector<LineOutcome> in_order;
  in_order.reserve(outcomes.size());
  for (const auto& [time, place] : order)
    in_order.push_back(std::move(outcomes[place]));
  return std::make_unique<CollectedLines>(std::move(in_order), std::move(note));
}

}  // namespace cm::workloads

#include "tools/answer/result_screen.h"

#include "tools/answer/answer_text.h"
#include "tools/answer/evidence_text.h"
#include "tools/answer/result_sections.h"
#include "tools/results/run_health.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::tools {
namespace {

using sim::metrics::Result;

constexpr std::size_t MostWarnings = 3;
constexpr std::size_t MostNotes = 4;
constexpr std::size_t MostHistograms = 6;
constexpr std::size_t FewestParts = 4;

std::size_t lines_in(const std::string& text)
{
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

// Things that the screen leaves out and --verbose shows, counted.
struct LeftOut {
  std::vector<std::string> things;

  void add(std::size_t count, const char* one, const char* many)
  {
    if (count > 0)
      things.push_back(fmt::format("{} {}", count, count == 1 ? one : many));
  }
};

class Screen {
 public:
  Screen(const FinishedRun& run, const TextStyle& style, const std::vector<std::string>& files)
      : result_(run.result), style_(style), pen_(style.is_coloured)
  {
    head_ = pen_.heading(cut_to(title_text(run), style.width)) + '\n' + answer_text(answer_of(result_), style);
    evidence_ = short_evidence(result_, style);
    for (const std::string& file : files)
      evidence_ += fmt::format("written: {}\n", file);
    add_warnings();
    // An empty line before evidence, and the line about what is left out.
    used_ = lines_in(head_) + lines_in(evidence_) + 2 + block_lines(warnings_);
    // In order of importance, which is not the one in which they are shown.
    add_breakdown();
    add_notes();
    add_histograms();
    add_tables();
  }

  [[nodiscard]] std::string text() const
  {
    std::string text = head_;
    for (const std::string& block : {breakdown_, tables_, histograms_})
      if (!block.empty())
        text += '\n' + block;
    if (!warnings_.empty() || !notes_.empty())
      text += '\n' + warnings_ + notes_;
    text += '\n' + evidence_;
    return text + last_line();
  }

 private:
  // With the empty line before it.
  static std::size_t block_lines(const std::string& block) { return block.empty() ? 0 : lines_in(block) + 1; }

  [[nodiscard]] std::size_t room() const { return ScreenLines - std::min(ScreenLines, used_); }

  void add_warnings()
  {
    // The one that says why the run is not steady stands in the verdict.
    const std::string told = health_of(result_).why_unsteady;
    std::size_t shown = 0;
    std::size_t left = 0;
    for (const std::string& warning : result_.warnings) {
      if (warning == told)
        continue;
      if (shown == MostWarnings) {
        ++left;
        continue;
      }
      const std::size_t two_lines = 2 * style_.width - 20;
      warnings_ += wrapped(pen_.warning("warning") + ": ", cut_to(warning, two_lines), 2, style_.width);
      ++shown;
    }
    left_out_.add(left, "warning", "warnings");
  }

  void add_breakdown()
  {
    if (result_.breakdown.empty() || room() < FewestParts + 2)
      return;
    breakdown_ = breakdown_text(result_, style_, room() - 2);
    used_ += block_lines(breakdown_);
  }

  void add_notes()
  {
    const std::size_t most = std::min(room() > 1 ? room() - 1 : 0, MostNotes);
    const std::size_t shown = std::min(most, result_.notes.size());
    for (std::size_t i = 0; i < shown; ++i)
      notes_ += cut_to("note: " + result_.notes[i], style_.width) + '\n';
    left_out_.add(result_.notes.size() - shown, "note", "notes");
    used_ += warnings_.empty() ? block_lines(notes_) : lines_in(notes_);
  }

  void add_histograms()
  {
    const std::size_t all = result_.histograms.size();
    const std::size_t shown = std::min({room() > 2 ? room() - 2 : 0, MostHistograms, all});
    if (shown > 0)
      histograms_ = histograms_text(result_, style_, shown, false);
    used_ += block_lines(histograms_);
    left_out_.add(all - shown, "histogram", "histograms");
  }

  // Whole ones only.
  void add_tables()
  {
    std::size_t left = 0;
    for (const sim::metrics::Table& table : result_.tables) {
      if (table.name == UncertainNumbers)
        continue;
      const std::string section = table_section(table, style_);
      if (block_lines(section) > room()) {
        ++left;
        continue;
      }
      tables_ += (tables_.empty() ? "" : "\n") + section;
      used_ += block_lines(section);
    }
    left_out_.add(left, "table", "tables");
  }

  [[nodiscard]] std::string last_line() const
  {
    LeftOut all;
    all.add(result_.metrics.size(), "metric with its meaning", "metrics with their meanings");
    all.things.insert(all.things.end(), left_out_.things.begin(), left_out_.things.end());
    std::string things;
    for (const std::string& thing : all.things)
      things += (things.empty() ? "" : ", ") + thing;
    return things.empty() ? "" : cut_to("--verbose shows all: " + things, style_.width) + '\n';
  }

  const Result& result_;
  TextStyle style_;
  Pen pen_;
  std::string head_;
  std::string breakdown_;
  std::string tables_;
  std::string histograms_;
  std::string warnings_;
  std::string notes_;
  std::string evidence_;
  LeftOut left_out_;
  std::size_t used_ = 0;  // lines
};

}  // namespace

std::string result_screen(const FinishedRun& run, const TextStyle& style, const std::vector<std::string>& files)
{
  return Screen(run, style, files).text();
}

}  // namespace cm::tools

#include "tools/answer/result_table.h"

#include "tools/answer/answer_text.h"
#include "tools/answer/evidence_text.h"
#include "tools/answer/result_sections.h"

#include <fmt/format.h>

#include <limits>

namespace cm::tools {

std::string result_table(const FinishedRun& run, const TextStyle& style, const std::vector<std::string>& files)
{
  constexpr std::size_t All = std::numeric_limits<std::size_t>::max();
  const Pen pen(style.is_coloured);
  const sim::metrics::Result& result = run.result;
  std::string text = fmt::format("{}\n{}\n{}", pen.heading(title_text(run)), answer_text(answer_of(result), style),
                                 metrics_text(result, style));
  if (!result.breakdown.empty())
    text += '\n' + breakdown_text(result, style, All);
  for (const sim::metrics::Table& table : result.tables)
    if (table.name != UncertainNumbers)
      text += '\n' + table_section(table, style);
  if (!result.histograms.empty())
    text += '\n' + histograms_text(result, style, All, true);
  if (!result.notes.empty() || !result.warnings.empty())
    text += '\n';
  for (const std::string& note : result.notes)
    text += wrapped("note: ", note, 2, style.width);
  for (const std::string& warning : result.warnings)
    text += wrapped(pen.warning("warning") + ": ", warning, 2, style.width);
  text += '\n' + full_evidence(result, style);
  for (const std::string& file : files)
    text += fmt::format("written: {}\n", file);
  return text;
}

}  // namespace cm::tools

#include "tools/program/partial_result.h"

#include "tools/terminal/standard_error.h"

#include <fmt/format.h>

namespace cm::tools {

void tell_reused(const RunJournal* journal)
{
  if (journal != nullptr && journal->reused() > 0)
    tell(fmt::format("cmsim: {} finished runs of an earlier call are used again", journal->reused()));
}

std::vector<std::string> write_with_journal(OutputFolder& folder, const std::vector<OutputFolder::File>& files,
                                            const RunJournal& journal, bool is_whole)
{
  std::vector<OutputFolder::File> all = files;
  if (!is_whole && journal.size() > 0)
    all.push_back({std::string(RunJournal::FileName), journal.text()});
  std::vector<std::string> written = folder.write(all);
  if (is_whole)
    journal.remove();
  return written;
}

}  // namespace cm::tools

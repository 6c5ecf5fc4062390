// Results of commands that run this program many times, whether all runs are there or not.
#pragma once

#include "tools/files/output_folder.h"
#include "tools/processes/run_journal.h"

#include <string>
#include <vector>

namespace cm::tools {

// Says on standard error how many runs of an earlier call were used again, if any.
void tell_reused(const RunJournal* journal);

// Puts the files there. The journal stays beside a partial result and goes with a whole one. Returns their paths.
std::vector<std::string> write_with_journal(OutputFolder& folder, const std::vector<OutputFolder::File>& files,
                                            const RunJournal& journal, bool is_whole);

}  // namespace cm::tools

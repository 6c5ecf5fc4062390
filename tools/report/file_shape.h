// Whether a file that a page is made of has the shape that its schema says. Ours are written whole; people and other
// programs change them.
#pragma once

#include "tools/files/json_file.h"

namespace cm::tools {

// A result (cmsim-result/1): what is there is of the right type, tables have as many cells in each row as columns,
// series as many values as times, histograms buckets that follow each other. All that is wrong goes to the file's log.
void check_result(const JsonFile& file);

// A comparison (cmsim-comparison/1).
void check_comparison(const JsonFile& file);

// The head of a sweep (cmsim-sweep/1) as far as a page shows it: its inputs, which earlier versions lack.
void check_sweep(const JsonFile& file);

}  // namespace cm::tools

// Sections of a result as text: what `cmsim run` prints is made of them. Each ends in a newline; none is wider than
// asked, but for a table with more columns than fit.
#pragma once

#include "sim/metrics/result.h"
#include "tools/answer/text_style.h"

#include <cstddef>
#include <string>

namespace cm::tools {

// Every metric with its meaning and its reservations.
std::string metrics_text(const sim::metrics::Result& result, const TextStyle& style);

// "where the time of a layer goes" and a bar a part, at most `rows` of them: the smallest are then added up in the last
// one. Requires a breakdown and two rows.
std::string breakdown_text(const sim::metrics::Result& result, const TextStyle& style, std::size_t rows);

// The first histograms, at most `rows`, with counts, means and quantiles. Requires histograms and a row.
std::string histograms_text(const sim::metrics::Result& result, const TextStyle& style, std::size_t rows,
                            bool with_caveats);

std::string table_section(const sim::metrics::Table& table, const TextStyle& style);

}  // namespace cm::tools

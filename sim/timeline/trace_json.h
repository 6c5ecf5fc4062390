// A timeline as Chrome trace events, the JSON that ui.perfetto.dev and chrome://tracing open. Format: "Trace Event
// Format" (Google): ph X slices, s/t/f arrows bound to the slice around them, C counters, M names; times in
// microseconds.
#pragma once

#include "sim/timeline/timeline.h"

#include <string>

namespace cm::sim::timeline {

// Events are sorted by time, an outer slice before those in it. Equal timelines give equal text.
std::string to_trace_json(const Timeline& timeline);

}  // namespace cm::sim::timeline

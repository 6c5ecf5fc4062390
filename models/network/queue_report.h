// Report of a run on the queues in front of the ports and the lanes that they belong to.
#pragma once

#include "models/network/machine.h"
#include "sim/metrics/result.h"
#include "sim/streams/data_plane.h"

namespace cm::models {

inline constexpr const char* BusiestLinks = "busiest_links";

// Adds the table of the ports that sent longest up to now, ten of them, with bytes and longest queues; one more row
// where the longest queue of all stood before another port. Nothing when no port has sent anything.
void report_links(const MachineSpec& machine, const sim::streams::DataPlane& plane, sim::metrics::Result& result);

// Adds that table, the share of the traffic that each lane carried, how busy the ports of each switch chip were up
// to now, the metric peak_queue_bytes, and a warning when queues are without limit and the longest passed the assumed
// buffer.
void report_queues(const MachineSpec& machine, const sim::streams::DataPlane& plane, sim::metrics::Result& result);

// Adds what events of the machine did to the traffic: three metrics, and warnings for bytes lost for good and events
// after the end. The two above do it too.
void report_events(const MachineSpec& machine, const sim::streams::DataPlane& plane, sim::metrics::Result& result);

}  // namespace cm::models

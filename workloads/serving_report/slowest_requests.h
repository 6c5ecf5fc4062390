// The requests that took longest, taken apart: which ones they are, and where their time went.
#pragma once

#include "sim/metrics/result.h"
#include "sim/timeline/timeline.h"
#include "workloads/serving/requests/request_record.h"

#include <cstdint>
#include <span>
#include <vector>

namespace cm::workloads {

enum class Slowness : std::uint8_t { FirstToken, EndToEnd };

// Rows of a table and tracks of a timeline.
inline constexpr std::size_t SlowestInTable = 10;
inline constexpr std::size_t SlowestInTimeline = 32;

// Numbers of at most `most` finished requests from number `counted_from` on, slowest first; of equally slow ones the
// first to arrive.
std::vector<std::size_t> slowest_requests(FirstToken first_token, std::span<const RequestRecord> records,
                                          std::size_t counted_from, Slowness by, std::size_t most);

// Adds the tables slowest_by_ttft and slowest_by_e2e: a row a request with its tokens, its places and the parts of its
// time in ms. Parts add up as the sentence of the table says. No table when no request counts.
void add_slowest_tables(FirstToken first_token, std::span<const RequestRecord> records, std::size_t counted_from,
                        sim::metrics::Result& result);

// Adds two processes with a track a request and a slice a part of its time; none when no request counts.
void add_slowest_tracks(FirstToken first_token, std::span<const RequestRecord> records, std::size_t counted_from,
                        sim::timeline::Timeline& timeline);

}  // namespace cm::workloads

// Whether requests arrive faster than they are served, and what could have been served. Two tests, both past the
// warm-up:
//
// Queues grow: the requests that decode does not serve yet are counted when the first counted one has reached decode,
// since queues fill until then, and at the last arrival. In a steady state, the second number is larger only by chance.
//
// Decode will fill: by Little's law, arrival rate times mean time in decode is the number of requests in decode in the
// long run, and likewise for the memory that they reserve. When that is more than there is room for, the load cannot be
// sustained, even if the run ended before decode was full. Times in a decode that is not full yet are, if
// anything, too short.
#pragma once

#include "workloads/serving/requests/request_record.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cm::workloads {

// Room that decode has.
struct DecodeRoom {
  double requests = 0;  // places, of all dies
  double tokens = 0;    // of keys and values, of all dies
};

inline constexpr std::string_view PlacesInBatch = "places in the decode batch";
inline constexpr std::string_view MemoryOfDecode = "memory for keys and values on decode dies";

struct Overload {
  double sustainable = 0;  // requests per second
  std::string_view room;   // that decode has too little of; empty: what comes before decode, or decode as it was filled
};

// Mean shares of decode's room that the counted requests take, by Little's law: above 1 when more of them arrive than
// it holds. 0 without a time in which they arrive.
struct RoomTaken {
  double places = 0;
  double memory = 0;
};

struct ArrivalWindow {
  double seconds = 0;   // from the first counted arrival to the last
  double arrivals = 0;  // per second; 0 when all arrive at once
};

ArrivalWindow arrival_window(std::span<const RequestRecord> records, std::size_t warm_up);

RoomTaken room_taken(std::span<const RequestRecord> counted, const ArrivalWindow& window, const DecodeRoom& room);

// Empty: nothing says so. `ttft_rises`: of the counted requests, significantly; then queues that grow from the end of
// the warm-up on are enough, however short the run.
std::optional<Overload> overload_of(std::span<const RequestRecord> records, std::size_t warm_up, bool ttft_rises,
                                    const DecodeRoom& room);

}  // namespace cm::workloads

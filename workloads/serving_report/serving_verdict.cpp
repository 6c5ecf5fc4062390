#include "workloads/serving_report/serving_verdict.h"

#include <algorithm>
#include <cmath>

namespace cm::workloads {
namespace {

using Records = std::span<const RequestRecord>;

// The requests that decode does not serve yet may grow by this share of what arrives before the run counts as
// overloaded, and by as much as chance does. Those that decode serves are bounded by its batch, and grow for as long as
// the longest answer takes.
constexpr double GrowthAllowed = 0.05;
constexpr double ChanceAllowed = 3;  // standard deviations

double seconds(std::int64_t picoseconds)
{
  return static_cast<double>(picoseconds) * 1e-12;
}

std::int64_t arrival(const RequestRecord& record)
{
  return record.when(Milestone::Arrived);
}

// Number of the given requests that decode does not serve at `time`.
std::int64_t waiting_at(std::int64_t time, Records records)
{
  return std::ranges::count_if(
      records, [&](const RequestRecord& record) { return record.is_finished() && record.served() > time; });
}

// Whether more requests wait at the last arrival than when number `begin` arrived.
bool grows_from(Records records, std::size_t begin)
{
  const auto arrived = static_cast<double>(records.size() - begin);
  const auto before = waiting_at(arrival(records[begin]), records.first(begin));
  const auto after = waiting_at(arrival(records.back()), records);
  return static_cast<double>(after - before) > GrowthAllowed * arrived + ChanceAllowed * std::sqrt(arrived);
}

bool queues_grow(Records records, std::size_t warm_up, bool ttft_rises)
{
  if (ttft_rises && grows_from(records, warm_up))
    return true;
  const auto first = std::ranges::find_if(records.subspan(warm_up), &RequestRecord::is_finished);
  if (first == records.end())
    return false;
  // As long again: until then, more requests than before are no sign.
  if (2 * first->served() - arrival(*first) > arrival(records.back()))
    return false;
  const auto full = std::ranges::lower_bound(records, first->served(), {}, arrival);
  return grows_from(records, static_cast<std::size_t>(full - records.begin()));
}

// At which requests reached decode, from the first counted arrival until the last one did: queues are full until then.
double reached_decode(Records records, std::size_t warm_up)
{
  const std::int64_t begin = arrival(records[warm_up]);
  std::int64_t last = begin;
  std::int64_t reached = 0;
  for (const RequestRecord& record : records)
    if (record.is_finished() && record.served() > begin) {
      last = std::max(last, record.served());
      ++reached;
    }
  return last > begin ? static_cast<double>(reached) / seconds(last - begin) : 0;
}

// Time in decode, summed over requests, each weighed by what it takes of one kind of room.
struct Occupied {
  double sum = 0;
  double squares = 0;

  void add(double part)
  {
    sum += part;
    squares += part * part;
  }
  // As Little's law has it after arrivals for so long; the sum of independent parts, as many as a Poisson process has,
  // has the variance `squares`.
  [[nodiscard]] bool exceeds(double room, double time) const
  {
    return sum - ChanceAllowed * std::sqrt(squares) > room * time;
  }
};

struct DecodeOccupied {
  Occupied places;
  Occupied memory;
};

DecodeOccupied occupied_by(Records counted)
{
  DecodeOccupied occupied;
  for (const RequestRecord& record : counted) {
    if (!record.is_finished() || record.when(Milestone::Admitted) == 0)
      continue;
    const double stay = seconds(record.last_token - record.when(Milestone::Admitted));
    occupied.places.add(stay);
    occupied.memory.add(stay * static_cast<double>(record.input_tokens + record.output_tokens));
  }
  return occupied;
}

std::optional<Overload> decode_fills(Records counted, double time, const DecodeRoom& room)
{
  const auto [places, memory] = occupied_by(counted);
  const auto requests = static_cast<double>(counted.size());
  std::optional<Overload> overload;
  if (places.exceeds(room.requests, time))
    overload = {.sustainable = requests * room.requests / places.sum, .room = PlacesInBatch};
  if (memory.exceeds(room.tokens, time))
    if (const double rate = requests * room.tokens / memory.sum; !overload || rate < overload->sustainable)
      overload = {.sustainable = rate, .room = MemoryOfDecode};
  return overload;
}

}  // namespace

ArrivalWindow arrival_window(Records records, std::size_t warm_up)
{
  if (warm_up >= records.size())
    return {};
  const double time = seconds(arrival(records.back()) - arrival(records[warm_up]));
  return {.seconds = time, .arrivals = time > 0 ? static_cast<double>(records.size() - warm_up) / time : 0};
}

RoomTaken room_taken(Records counted, const ArrivalWindow& window, const DecodeRoom& room)
{
  if (window.seconds <= 0)
    return {};
  const auto [places, memory] = occupied_by(counted);
  return {.places = places.sum / (room.requests * window.seconds),
          .memory = memory.sum / (room.tokens * window.seconds)};
}

std::optional<Overload> overload_of(Records records, std::size_t warm_up, bool ttft_rises, const DecodeRoom& room)
{
  const ArrivalWindow window = arrival_window(records, warm_up);
  if (window.seconds <= 0)
    return std::nullopt;
  std::optional<Overload> overload = decode_fills(records.subspan(warm_up), window.seconds, room);
  if (queues_grow(records, warm_up, ttft_rises))
    if (const double rate = reached_decode(records, warm_up); !overload || rate < overload->sustainable)
      overload = {.sustainable = rate, .room = {}};
  return overload;
}

}  // namespace cm::workloads

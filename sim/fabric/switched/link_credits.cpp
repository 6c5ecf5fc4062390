#include "sim/fabric/switched/link_credits.h"

#include <algorithm>

namespace cm::sim::fabric {

LinkCredits::LinkCredits(const std::vector<std::int64_t>& buffers, std::uint32_t lanes)
    : lanes_(lanes), links_(buffers.size() * lanes)
{
  for (PortIndex port = 0; port < buffers.size(); ++port)
    for (std::uint32_t lane = 0; lane < lanes; ++lane)
      at(port, lane).room = buffers[port];
}

bool LinkCredits::suffices(PortIndex port, std::uint32_t lane, std::int64_t bytes, std::int64_t known_up_to)
{
  Lane& each = at(port, lane);
  if (each.room < bytes)
    std::erase_if(each.on_way, [&](const Return& back) {
      if (back.time > known_up_to)
        return false;
      each.room += back.bytes;
      return true;
    });
  each.starves = each.room < bytes;
  return !each.starves;
}

std::int64_t LinkCredits::next_telling(PortIndex port, std::uint32_t lane, std::int64_t bytes)
{
  Lane& each = at(port, lane);
  std::ranges::sort(each.on_way, {}, &Return::time);
  std::int64_t room = each.room;
  for (const Return& back : each.on_way) {
    room += back.bytes;
    if (room < bytes)
      continue;
    if (back.time >= each.telling)
      return Never;
    each.telling = back.time;
    return back.time;
  }
  return Never;
}

void LinkCredits::told(PortIndex port, std::uint32_t lane, std::int64_t time)
{
  Lane& each = at(port, lane);
  if (each.telling == time)
    each.telling = Never;
}

}  // namespace cm::sim::fabric

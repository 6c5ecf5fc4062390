#include "sim/diagnostics/errors.h"
#include "sim/streams/notice.h"

#include <catch2/catch.hpp>

using namespace cm;
using sim::streams::Notice;
using sim::streams::NoticeRange;

namespace {

enum class Event : std::uint8_t { First, Last = 31 };

constexpr std::uint32_t LastMember = (1U << NoticeRange::MemberBits) - 1;
constexpr std::uint32_t LastDetail = (1U << NoticeRange::DetailBits) - 1;

}  // namespace

TEST_CASE("a notice comes back as it was given, up to the ends of all fields")
{
  for (const std::uint32_t owner : {0U, 1U, NoticeRange::MostOwners - 1})
    for (const Event what : {Event::First, Event::Last})
      for (const std::uint32_t member : {0U, 5U, LastMember})
        for (const std::uint32_t detail : {0U, 9U, LastDetail}) {
          const std::uint64_t number = NoticeRange(owner)(what, member, detail);
          CHECK(number >> 60U == 0);
          CHECK(NoticeRange::owner_of(number) == owner);
          const Notice notice = NoticeRange::notice_of(number);
          CHECK(notice.as<Event>() == what);
          CHECK(notice.member == member);
          CHECK(notice.detail == detail);
        }
}

TEST_CASE("what has no room in a notice is refused")
{
  const NoticeRange range(0);
  CHECK_THROWS_AS(range(32), SimulationError);
  CHECK_THROWS_AS(range(Event::First, LastMember + 1), SimulationError);
  CHECK_THROWS_AS(range(Event::First, 0, LastDetail + 1), SimulationError);
  CHECK_THROWS_AS(NoticeRange(NoticeRange::MostOwners), SimulationError);
}

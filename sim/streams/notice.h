// Notices: how the data plane tells that something has ended or come due. Each owner that is registered with the plane
// gets a range of notices, and the plane calls the owner of a notice; owners know nothing of each other.
#pragma once

#include "sim/diagnostics/ensure.h"
#include "sim/units/quantity.h"

#include <cstdint>

namespace cm::sim::streams {

// Meanings are the owner's: `what` is a value of one of its enumerations, `member` mostly a rank.
struct Notice {
  std::uint8_t what = 0;
  std::uint32_t member = 0;
  std::uint32_t detail = 0;

  template <typename What>
  [[nodiscard]] What as() const
  {
    return static_cast<What>(what);
  }

  friend bool operator==(const Notice&, const Notice&) = default;
};

class NoticeOwner {
 public:
  // The plane keeps its address.
  NoticeOwner() = default;
  NoticeOwner(const NoticeOwner&) = delete;
  NoticeOwner& operator=(const NoticeOwner&) = delete;
  virtual ~NoticeOwner() = default;

  // Inside the event, at the time of the data plane.
  virtual void on_notice(const Notice& notice, Picoseconds now) = 0;
};

// The notices of one owner as the numbers that flows, operators, inboxes and reminders carry. Numbers have 60 bits, as
// the fabric's events have room for: from the top the owner (8,192 of a plane), `what` (32 kinds), `member` (67
// million: accesses under way have that many parts) and `detail` (65,536).
class NoticeRange {
 public:
  static constexpr unsigned DetailBits = 16;
  static constexpr unsigned MemberBits = 26;
  static constexpr unsigned WhatBits = 5;
  static constexpr std::uint32_t MostOwners = 1U << 13U;

  explicit NoticeRange(std::uint32_t owner) : first_(std::uint64_t{owner} << OwnerShift)
  {
    ensure(owner < MostOwners, "{} owners of notices", owner);
  }

  template <typename What>
  [[nodiscard]] std::uint64_t operator()(What what, std::uint32_t member = 0, std::uint32_t detail = 0) const
  {
    const auto number = static_cast<std::uint64_t>(what);
    ensure(number >> WhatBits == 0 && member >> MemberBits == 0 && detail >> DetailBits == 0,
           "a notice of kind {}, member {}, detail {}", number, member, detail);
    return first_ | number << WhatShift | std::uint64_t{member} << DetailBits | detail;
  }

  [[nodiscard]] static std::uint32_t owner_of(std::uint64_t number)
  {
    return static_cast<std::uint32_t>(number >> OwnerShift);
  }
  [[nodiscard]] static Notice notice_of(std::uint64_t number)
  {
    return {.what = static_cast<std::uint8_t>(number >> WhatShift & ((1U << WhatBits) - 1)),
            .member = static_cast<std::uint32_t>(number >> DetailBits & ((1U << MemberBits) - 1)),
            .detail = static_cast<std::uint32_t>(number & ((1U << DetailBits) - 1))};
  }

 private:
  static constexpr unsigned WhatShift = DetailBits + MemberBits;
  static constexpr unsigned OwnerShift = WhatShift + WhatBits;

  std::uint64_t first_;
};

}  // namespace cm::sim::streams

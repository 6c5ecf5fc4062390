#include "sim/calendar/batch_ties.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <vector>

using namespace cm::sim::calendar;

namespace {

constexpr std::uint32_t Never = 99;

std::vector<std::uint32_t> subjects(const std::vector<Event>& events)
{
  std::vector<std::uint32_t> subjects;
  for (const Event& event : events)
    if (event.subject != Never)
      subjects.push_back(event.subject);
  return subjects;
}

}  // namespace

TEST_CASE("a tie begins at the first of its events, until it is sorted")
{
  std::vector<Event> batch{{.time = 1, .subject = 0},
                           {.time = 2, .subject = 1, .order = 5},
                           {.time = 2, .subject = 2, .order = 3},
                           {.time = 2, .subject = 3, .order = 3},
                           {.time = 4, .subject = 4, .order = 0},
                           {.time = 1000, .subject = Never}};
  BatchTies ties;
  ties.begin(batch.data(), false);
  CHECK_FALSE(ties.begins_at(&batch[0]));
  CHECK(ties.begins_at(&batch[1]));
  CHECK(ties.events() == 0);
  ties.sort(&batch[1]);
  CHECK(subjects(batch) == std::vector<std::uint32_t>{0, 2, 3, 1, 4});
  CHECK(ties.events() == 3);
  CHECK_FALSE(ties.begins_at(&batch[1]));
  CHECK_FALSE(ties.begins_at(&batch[2]));
  CHECK_FALSE(ties.begins_at(&batch[4]));
  ties.begin(batch.data(), false);
  CHECK(ties.begins_at(&batch[1]));
  CHECK(ties.events() == 0);
}

TEST_CASE("a tie is sorted alike whether it was nearly in order, far from it or not at all")
{
  const bool are_rough = GENERATE(false, true);
  const std::uint32_t stride = GENERATE(1U, 3U, 40U);  // 40: backwards
  std::vector<Event> batch;
  for (std::uint32_t i = 0; i < 41; ++i)
    batch.push_back({.time = 2, .subject = i * stride % 41, .order = i * stride % 41});
  batch.push_back({.time = 3, .subject = Never});
  BatchTies ties;
  ties.begin(batch.data(), are_rough);
  ties.sort(batch.data());
  for (std::uint32_t i = 0; i < 41; ++i)
    CHECK(batch[i].order == i);
  CHECK(batch[41].subject == Never);
  CHECK(ties.events() == 41);
}

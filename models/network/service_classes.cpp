#include "models/network/service_classes.h"

#include "sim/fabric/switched/class_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace cm::models {
namespace {

using sim::config::Key;
using sim::config::Reader;
using sim::config::Value;

// One virtual lane is left for control.
constexpr int MostClasses = static_cast<int>(sim::fabric::MostVirtualLanes) - 1;

struct TrafficRow {
  std::string_view word;
  std::string_view sentence;
};

constexpr std::array<TrafficRow, 4> Rows = {{
    {"experts", "class of dispatch and combine"},
    {"collectives", "class of collectives and of the exchanges of tensor parallelism"},
    {"cache", "class of accesses to keys and values in pooled memory"},
    {"copies", "class of single reads and writes, and of loads beside them"},
}};

void read_weights(Reader& section, std::size_t classes, std::vector<std::uint32_t>& weights)
{
  weights.assign(classes, 1);
  const Value* list =
      section.value({"weights", "weights of the classes from class 0 on, 1 to 255; of scheduler: weighted"}, false);
  if (list == nullptr)
    return;
  if (list->kind != Value::Kind::List || list->items.size() != classes) {
    section.complain("weights", fmt::format("expected a list of {} whole numbers, one a class, found {}", classes,
                                            found_text(*list)));
    return;
  }
  for (std::size_t i = 0; i < classes; ++i) {
    int weight = 0;
    const bool is_number = std::ranges::all_of(list->items[i].text, [](char c) { return c >= '0' && c <= '9'; }) &&
                           !list->items[i].text.empty() && list->items[i].text.size() < 4;
    if (is_number)
      weight = std::stoi(list->items[i].text);
    if (weight < 1 || weight > 255)
      section.complain("weights",
                       fmt::format("expected whole numbers from 1 to 255, found {}", found_text(list->items[i])));
    else
      weights[i] = static_cast<std::uint32_t>(weight);
  }
}

}  // namespace

TrafficClassesSpec read_traffic_classes(Reader& plane)
{
  TrafficClassesSpec spec;
  Reader section = plane.optional_section(
      {"traffic_classes", "classes of service: each has queues of its own at every port, and credits of its own"});
  const sim::fabric::ClassSchedulerRow* scheduler = sim::fabric::class_schedulers().data();
  section.choice_of_row({"scheduler", "which class a port serves next"}, scheduler, sim::fabric::class_schedulers());
  spec.policy.scheduler = scheduler->scheduler;
  int classes = 1;
  for (std::size_t i = 0; i < Rows.size(); ++i) {
    int number = 0;
    section.optional({Rows[i].word, Rows[i].sentence, 0, MostClasses - 1}, number);
    spec.class_of[i] = static_cast<std::uint8_t>(number);
    classes = std::max(classes, number + 1);
  }
  read_weights(section, static_cast<std::size_t>(classes), spec.policy.weights);
  section.finish();
  return spec;
}

}  // namespace cm::models

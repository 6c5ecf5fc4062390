#include "tools/sweep_plan/sweep_plan.h"

#include "sim/config/digest.h"
#include "sim/diagnostics/errors.h"
#include "tools/files/point_file.h"
#include "tools/runner/run.h"
#include "tools/runner/run_inputs.h"
#include "tools/shipped/version.h"
#include "tools/sweep_plan/sweep_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>

namespace cm::tools {
namespace {

using sim::config::add_problem;
using sim::config::ReadingLog;

constexpr std::size_t MostPoints = 100000;
// Before filters: as many as are walked through in seconds.
constexpr std::size_t MostCombinations = 1000000;

// All combinations of the axes' stops: an odometer whose last wheel turns fastest.
class Odometer {
 public:
  explicit Odometer(std::vector<const Axis*> axes) : axes_(std::move(axes)), at_(axes_.size(), 0) {}

  [[nodiscard]] bool is_possible() const
  {
    return std::ranges::none_of(axes_, [](const Axis* axis) { return axis->stops.empty(); });
  }

  // False when all combinations have been.
  bool advance()
  {
    for (std::size_t wheel = axes_.size(); wheel-- > 0;) {
      if (++at_[wheel] < axes_[wheel]->stops.size())
        return true;
      at_[wheel] = 0;
    }
    return false;
  }

  void describe(SweepPoint& point) const
  {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      const AxisStop& stop = axes_[i]->stops[at_[i]];
      for (std::size_t key = 0; key < axes_[i]->keys.size(); ++key)
        point.labels.emplace_back(axes_[i]->keys[key], stop.texts[key]);
      point.request.changes.insert(point.request.changes.end(), stop.changes.begin(), stop.changes.end());
    }
  }

 private:
  std::vector<const Axis*> axes_;
  std::vector<std::size_t> at_;
};

std::vector<const Axis*> axes_of(const SweepBase& base, const SweepSpec& spec)
{
  std::vector<const Axis*> axes;
  for (const std::vector<Axis>* each : {&base.axes, &spec.axes})
    for (const Axis& axis : *each)
      axes.push_back(&axis);
  return axes;
}

Labels with_base(const SweepPoint& point)
{
  Labels labels = point.labels;
  labels.emplace_back("base", point.base);
  return labels;
}

bool is_kept(const SweepSpec& spec, const SweepPoint& point)
{
  const Labels labels = with_base(point);
  const auto holds = [&](const Filter& filter) { return filter.holds(labels); };
  return (spec.only.empty() || std::ranges::any_of(spec.only, holds)) && std::ranges::none_of(spec.skip, holds);
}

void add_with_seeds(std::vector<SweepPoint>& points, const SweepPoint& point, const std::vector<std::uint64_t>& seeds)
{
  if (seeds.empty())
    points.push_back(point);
  for (const std::uint64_t seed : seeds) {
    points.push_back(point);
    points.back().request.seed = seed;
  }
}

enum class Walk { On, Stop };

// Hands every combination of axes to `take`, before filters and seeds, until it wants no more. False when there are
// more than anybody walks through.
template <typename Take>
bool walk_grid(const SweepSpec& spec, const SweepSource& source, Take take)
{
  std::size_t count = 0;
  for (const SweepBase& base : spec.bases) {
    Odometer odometer(axes_of(base, spec));
    for (bool is_left = odometer.is_possible(); is_left; is_left = odometer.advance()) {
      if (++count > MostCombinations)
        return false;
      SweepPoint point{.base = base.name, .labels = {}, .request = {}, .digest = {}};
      point.request = {.path = base.scenario,
                       .sets = source.sets,
                       .seed = {},
                       .config_root = source.config_root,
                       .changes = base.set};
      odometer.describe(point);
      if (take(point) == Walk::Stop)
        return true;
    }
  }
  return true;
}

// Whoever writes a filter wants points to go, or to stay.
void refuse_idle_filters(const SweepSpec& spec, const SweepSource& source, ReadingLog& log)
{
  std::vector<std::pair<const Filter*, const char*>> idle;
  for (const Filter& filter : spec.only)
    idle.emplace_back(&filter, "only");
  for (const Filter& filter : spec.skip)
    idle.emplace_back(&filter, "skip");
  walk_grid(spec, source, [&](const SweepPoint& point) {
    if (!idle.empty())
      std::erase_if(idle, [labels = with_base(point)](const auto& each) { return each.first->holds(labels); });
    return idle.empty() ? Walk::Stop : Walk::On;
  });
  for (const auto& [filter, list] : idle)
    add_problem(log, filter->position, list, "expected a filter that some point meets, found one that none does");
}

// Two ways to say one key would leave it open which of them counts.
void refuse_settings_of_axes(const SweepSpec& spec, const std::vector<std::string>& sets, ReadingLog& log)
{
  std::vector<const Axis*> axes;
  for (const Axis& axis : spec.axes)
    axes.push_back(&axis);
  for (const SweepBase& base : spec.bases)
    for (const Axis& axis : base.axes)
      axes.push_back(&axis);
  for (const Change& change : changes_of_sets(sets, log)) {
    if (change.path == "seed" && !spec.seeds.empty())
      add_problem(log, change.key_position, change.path,
                  "expected no such key: the sweep says the seeds of its points");
    for (const Axis* axis : axes)
      for (const std::string& key : axis->keys)
        if (overlap(change.path, key))
          add_problem(log, change.key_position, change.path,
                      fmt::format("expected a key that no axis changes, found {} at {}", key, to_text(axis->position)));
  }
}

std::string text_of(const SweepPoint& point)
{
  std::string text = point.base;
  for (const auto& [key, value] : point.labels)
    text += fmt::format(", {}={}", key, value);
  return point.request.seed ? fmt::format("{}, seed={}", text, *point.request.seed) : text;
}

void refuse_twins(const std::vector<SweepPoint>& points, const std::string& path, ReadingLog& log)
{
  std::set<std::string> seen;
  for (const SweepPoint& point : points)
    if (!seen.insert(text_of(point)).second)
      add_problem(log, {path, 1, 1}, "", fmt::format("expected each point once, found {} again", text_of(point)));
}

// "s.yaml:3:14: workload.skew: why" as "workload.skew: why": the values of an axis stand in several places.
std::string without_place(const std::string& problem)
{
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  for (std::size_t end = problem.find(": "); end != std::string::npos; end = problem.find(": ", end + 1)) {
    std::size_t start = end;
    while (start > 0 && is_digit(problem[start - 1]))
      --start;
    if (start < end && start > 1 && problem[start - 1] == ':' && is_digit(problem[start - 2]))
      return problem.substr(end + 2);
  }
  return problem;
}

// Problems of the points: everything malformed, the complaints that all points of a base share, and axes that have no
// effect at any point of a base.
class CheckOfPoints {
 public:
  explicit CheckOfPoints(const SweepPlan& plan)
      : axis_keys_(plan.axis_keys), has_bases_(std::ranges::any_of(plan.points, [&](const SweepPoint& point) {
          return point.base != plan.points.front().base;
        }))
  {
  }

  void add(const SweepPoint& point, const ScenarioCheck& check)
  {
    ++points_of_[point.base];
    for (const std::string& problem : check.problems)
      count({point.base, without_place(problem)}, at_base(problem, point.base), check.is_malformed);
    for (const Change& change : point.request.changes)
      if (std::ranges::find(axis_keys_, change.path) != axis_keys_.end())
        for (const KeyNote& note : check.notes)
          if (note.key == change.path)
            count({point.base, note.text},
                  fmt::format("{}: {}; nor at any other point of {}", to_text(change.key_position), note.text,
                              point.base),
                  false);
  }

  [[nodiscard]] std::vector<std::string> problems() const
  {
    std::vector<std::string> problems;
    std::set<std::string> told;
    for (const Complaint& complaint : order_) {
      const bool is_everywhere = counts_.at(complaint) == points_of_.at(complaint.first);
      if ((is_everywhere || malformed_.contains(complaint)) && told.insert(complaint.second).second)
        problems.push_back(texts_.at(complaint));
    }
    return problems;
  }

 private:
  using Complaint = std::pair<std::string, std::string>;  // base, problem without its place

  // The line of a file says whose scenario it is; a setting of the command line counts for all.
  [[nodiscard]] std::string at_base(const std::string& problem, const std::string& base) const
  {
    const bool is_typed = problem.starts_with(sim::config::CommandLineFile);
    return has_bases_ && is_typed ? fmt::format("{} (at base {})", problem, base) : problem;
  }

  void count(const Complaint& complaint, const std::string& text, bool is_malformed)
  {
    if (texts_.try_emplace(complaint, text).second)
      order_.push_back(complaint);
    ++counts_[complaint];
    if (is_malformed)
      malformed_.insert(complaint);
  }

  std::vector<std::string> axis_keys_;
  bool has_bases_;                          // several
  std::map<Complaint, std::string> texts_;  // the first of each, with its place
  std::map<std::string, std::size_t> points_of_;
  std::map<Complaint, std::size_t> counts_;
  std::set<Complaint> malformed_;
  std::vector<Complaint> order_;
};

std::string digest_of(const SweepPoint& point, const std::string& configuration_digest)
{
  std::string text = fmt::format("{};{};{};", version(), configuration_digest, text_of(point));
  return sim::config::digest(text);
}

// Gives the point its seed and digest as well.
ScenarioCheck checked(SweepPoint& point, LoadedFiles& files)
{
  ScenarioRequest request = point.request;
  request.loaded = &files;
  ScenarioCheck check = check_scenario(request);
  point.seed = check.seed;
  point.digest = digest_of(point, check.configuration_digest);
  return check;
}

}  // namespace

std::vector<SweepPoint> expand(const SweepSpec& spec, const SweepSource& source)
{
  std::vector<SweepPoint> points;
  walk_grid(spec, source, [&](const SweepPoint& point) {
    if (is_kept(spec, point))
      add_with_seeds(points, point, spec.seeds);
    return points.size() > MostPoints ? Walk::Stop : Walk::On;
  });
  return points;
}

SweepPlan list_points(const SweepSource& source)
{
  ReadingLog log;
  const std::string& path = source.path;
  const SweepSpec spec = read_sweep(path, source.config_root, log);
  throw_if_any(log);
  refuse_settings_of_axes(spec, source.sets, log);
  if (!walk_grid(spec, source, [](const SweepPoint&) { return Walk::On; }))
    add_problem(log, {path, 1, 1}, "",
                fmt::format("expected at most {} combinations of the axes' values, before filters, found more",
                            MostCombinations));
  throw_if_any(log);
  SweepPlan plan{.axis_keys = spec.axis_keys(), .points = expand(spec, source)};
  plan.sets = lasting_settings(source.sets);
  plan.inputs = sweep_inputs(source, spec).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  refuse_idle_filters(spec, source, log);
  refuse_twins(plan.points, path, log);
  if (plan.points.empty() || plan.points.size() > MostPoints)
    add_problem(log, {path, 1, 1}, "",
                fmt::format("expected 1 to {} points, found {}", MostPoints, plan.points.empty() ? "none" : "more"));
  throw_if_any(log);
  return plan;
}

void check_points(SweepPlan& plan, sim::metrics::Progress& progress)
{
  CheckOfPoints checks(plan);
  LoadedFiles files;
  std::size_t done = 0;
  for (SweepPoint& point : plan.points) {
    progress.update(static_cast<double>(done) / static_cast<double>(plan.points.size()),
                    fmt::format("reading the points: {} of {}", done, plan.points.size()));
    checks.add(point, checked(point, files));
    ++done;
  }
  ReadingLog log;
  log.problems = checks.problems();
  throw_if_any(log);
}

SweepPlan plan_points(const SweepSource& source, std::span<const std::size_t> indices)
{
  ReadingLog log;
  const SweepSpec spec = read_sweep(source.path, source.config_root, log);
  throw_if_any(log);
  SweepPlan plan{.axis_keys = spec.axis_keys(), .points = expand(spec, source)};
  LoadedFiles files;
  for (const std::size_t index : indices)
    if (index < plan.points.size())
      checked(plan.points[index], files);
  return plan;
}

std::string file_name(std::size_t number, const SweepPoint& point)
{
  return point_file_name(number, point.digest);
}

}  // namespace cm::tools

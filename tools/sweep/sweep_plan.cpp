#include "tools/sweep/sweep_plan.h"

#include "sim/config/digest.h"
#include "sim/diagnostics/errors.h"
#include "tools/runner/run.h"
#include "tools/runner/version.h"
#include "tools/sweep/sweep_inputs.h"

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
constexpr std::size_t DigestInName = 12;

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

std::vector<SweepPoint> grid(const SweepSpec& spec, const std::string& config_root)
{
  std::vector<SweepPoint> points;
  for (const SweepBase& base : spec.bases) {
    Odometer odometer(axes_of(base, spec));
    for (bool is_left = odometer.is_possible(); is_left && points.size() <= MostPoints; is_left = odometer.advance()) {
      SweepPoint point{.base = base.name, .labels = {}, .request = {}, .digest = {}};
      point.request = {.path = base.scenario, .sets = {}, .seed = {}, .config_root = config_root, .changes = base.set};
      odometer.describe(point);
      points.push_back(std::move(point));
    }
  }
  return points;
}

// Whoever writes a filter wants points to go, or to stay.
void refuse_idle_filters(const SweepSpec& spec, const std::vector<SweepPoint>& points, ReadingLog& log)
{
  for (const std::vector<Filter>* filters : {&spec.only, &spec.skip})
    for (const Filter& filter : *filters)
      if (std::ranges::none_of(points, [&](const SweepPoint& point) { return filter.holds(with_base(point)); }))
        add_problem(log, filter.position, filters == &spec.only ? "only" : "skip",
                    "expected a filter that some point meets, found one that none does");
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

// What is wrong with the points: everything malformed, and what all points of a base complain of.
class CheckOfPoints {
 public:
  void add(const SweepPoint& point, const ScenarioCheck& check)
  {
    ++points_of_[point.base];
    for (const std::string& problem : check.problems) {
      if (counts_.find({point.base, problem}) == counts_.end())
        order_.emplace_back(point.base, problem);
      ++counts_[{point.base, problem}];
      if (check.is_malformed)
        malformed_.insert({point.base, problem});
    }
  }

  [[nodiscard]] std::vector<std::string> problems() const
  {
    std::vector<std::string> problems;
    for (const Complaint& complaint : order_) {
      const bool is_everywhere = counts_.at(complaint) == points_of_.at(complaint.first);
      const bool is_new = std::ranges::find(problems, complaint.second) == problems.end();
      if (is_new && (is_everywhere || malformed_.contains(complaint)))
        problems.push_back(complaint.second);
    }
    return problems;
  }

 private:
  using Complaint = std::pair<std::string, std::string>;  // base, problem

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
ScenarioCheck checked(SweepPoint& point)
{
  ScenarioCheck check = check_scenario(point.request);
  point.seed = check.seed;
  point.digest = digest_of(point, check.configuration_digest);
  return check;
}

}  // namespace

std::vector<SweepPoint> expand(const SweepSpec& spec, const std::string& config_root)
{
  std::vector<SweepPoint> points;
  for (const SweepPoint& point : grid(spec, config_root))
    if (is_kept(spec, point))
      add_with_seeds(points, point, spec.seeds);
  return points;
}

SweepPlan plan_sweep(const std::string& path, const std::string& config_root)
{
  ReadingLog log;
  const SweepSpec spec = read_sweep(path, config_root, log);
  throw_if_any(log);
  SweepPlan plan{.axis_keys = spec.axis_keys(), .points = expand(spec, config_root)};
  plan.inputs = sweep_inputs(path, spec).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  refuse_idle_filters(spec, grid(spec, config_root), log);
  refuse_twins(plan.points, path, log);
  if (plan.points.empty() || plan.points.size() > MostPoints)
    add_problem(log, {path, 1, 1}, "",
                fmt::format("expected 1 to {} points, found {}", MostPoints, plan.points.empty() ? "none" : "more"));
  throw_if_any(log);
  CheckOfPoints checks;
  for (SweepPoint& point : plan.points)
    checks.add(point, checked(point));
  log.problems = checks.problems();
  throw_if_any(log);
  return plan;
}

SweepPlan plan_points(const std::string& path, const std::string& config_root, std::span<const std::size_t> indices)
{
  ReadingLog log;
  const SweepSpec spec = read_sweep(path, config_root, log);
  throw_if_any(log);
  SweepPlan plan{.axis_keys = spec.axis_keys(), .points = expand(spec, config_root)};
  for (const std::size_t index : indices)
    if (index < plan.points.size())
      checked(plan.points[index]);
  return plan;
}

std::string file_name(std::size_t number, const SweepPoint& point)
{
  return fmt::format("{:05}-{}.json", number, point.digest.substr(0, DigestInName));
}

}  // namespace cm::tools

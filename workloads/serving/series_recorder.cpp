#include "workloads/serving/series_recorder.h"

namespace cm::workloads {
namespace {

constexpr Seconds Step(10.0);
// Steps without an arrival or an end after which nothing more is expected: an actor has failed, and the run will say
// so.
constexpr int QuietSteps = 1000;
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> Names{{{"prefill_busy", "1"},
                                                                               {"decode_busy", "1"},
                                                                               {"decode_batch", "requests"},
                                                                               {"waiting_for_prefill", "requests"},
                                                                               {"waiting_for_decode", "requests"},
                                                                               {"rdma_gb_s", "GB/s"},
                                                                               {"vpc_gb_s", "GB/s"},
                                                                               {"ub_kv_gb_s", "GB/s"},
                                                                               {"pool_dram_blocks", "blocks"},
                                                                               {"pool_volume_blocks", "blocks"}}};

}  // namespace

SeriesRecorder::SeriesRecorder(const Service& service, const ServingSpec& spec) : service_(service), spec_(spec)
{
  for (const auto& [name, unit] : Names)
    series_.emplace_back(std::string(name), sim::metrics::Series{std::string(unit), {}, {}});
}

SeriesRecorder::Counters SeriesRecorder::counters() const
{
  Counters now;
  for (const PrefillInstance& instance : service_.prefill())
    now.prefill_busy += instance.busy().count();
  now.decode_busy = service_.decode().busy().count();
  for (const Plane plane : {Plane::Rdma, Plane::Vpc, Plane::Ub})
    now.bytes[static_cast<std::size_t>(plane)] = service_.planes().left(plane);
  return now;
}

void SeriesRecorder::watch(sim::engine::Control& control)
{
  Census before;
  int quiet = 0;
  while (!service_.is_done() && quiet < QuietSteps) {
    control.sleep(Step);
    sample(control.now(), Step);
    const Census now = service_.census(control.now());
    quiet = now.arrived == before.arrived && now.finished == before.finished ? quiet + 1 : 0;
    before = now;
  }
}

void SeriesRecorder::sample(Seconds now, Seconds step)
{
  const Counters after = counters();
  std::size_t queued = 0;
  for (const PrefillInstance& instance : service_.prefill())
    queued += instance.queued();
  const auto rate = [&](Plane plane) {
    const auto which = static_cast<std::size_t>(plane);
    return static_cast<double>(after.bytes[which] - before_.bytes[which]) * 1e-9 / step.count();
  };
  const std::array<double, Names.size()> values{(after.prefill_busy - before_.prefill_busy) / step.count() /
                                                    spec_.prefill_instances,
                                                (after.decode_busy - before_.decode_busy) / step.count(),
                                                static_cast<double>(service_.decode().running()),
                                                static_cast<double>(queued),
                                                static_cast<double>(service_.decode().waiting()),
                                                rate(Plane::Rdma),
                                                rate(Plane::Vpc),
                                                rate(Plane::Ub),
                                                static_cast<double>(service_.pool().cache().dram_blocks()),
                                                static_cast<double>(service_.pool().cache().volume_blocks())};
  for (std::size_t i = 0; i < values.size(); ++i) {
    series_[i].second.time_s.push_back(now.count());
    series_[i].second.value.push_back(values[i]);
  }
  before_ = after;
}

void SeriesRecorder::report(sim::metrics::Result& result) const
{
  for (const auto& series : series_)
    result.series.push_back(series);
}

}  // namespace cm::workloads

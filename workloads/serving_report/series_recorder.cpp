#include "workloads/serving_report/series_recorder.h"

#include <algorithm>
#include <cmath>

namespace cm::workloads {
namespace {

constexpr double StepsWanted = 200;
constexpr std::size_t MostSamples = 1000;
constexpr std::size_t Thinning = 10;
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

Seconds series_step(Seconds arriving)
{
  const double wanted = std::max(1.0, arriving.count()) / StepsWanted;
  const double power = std::pow(10, std::floor(std::log10(wanted)));
  for (const double round : {1.0, 2.0, 5.0})
    if (round * power >= wanted)
      return Seconds(round * power);
  return Seconds(10 * power);
}

SeriesRecorder::SeriesRecorder(const Service& service, const ServingSpec& spec, Seconds step)
    : service_(service), spec_(spec), step_(step)
{
}

// Requests in flight are in the hands of an actor. Without any other, one has failed, and the engine will say so.
void SeriesRecorder::watch(sim::engine::Control& control)
{
  while (!service_.book().is_done() && !control.is_alone()) {
    control.sleep(step_);
    samples_.push_back(
        sample(service_.book().is_done() ? std::min(service_.book().last_event(), control.now()) : control.now()));
    if (samples_.size() == MostSamples)
      thin();
  }
}

// Bytes are counted from the beginning, so that a sample stands for all that were taken out before it.
void SeriesRecorder::thin()
{
  std::vector<Sample> kept;
  for (std::size_t i = Thinning - 1; i < samples_.size(); i += Thinning)
    kept.push_back(samples_[i]);
  samples_ = std::move(kept);
  step_ = step_ * static_cast<double>(Thinning);
}

SeriesRecorder::Sample SeriesRecorder::sample(Seconds now) const
{
  Sample taken{.time = now};
  for (const Plane plane : {Plane::Rdma, Plane::Vpc, Plane::Ub})
    taken.bytes[static_cast<std::size_t>(plane)] = service_.planes().left(plane);
  for (const PrefillInstance& instance : service_.prefill())
    taken.waiting_for_prefill += static_cast<double>(instance.queued());
  taken.decode_batch = static_cast<double>(service_.decode().running());
  taken.waiting_for_decode = static_cast<double>(service_.decode().waiting());
  taken.dram_blocks = static_cast<double>(service_.pool().cache().dram_blocks());
  taken.volume_blocks = static_cast<double>(service_.pool().cache().volume_blocks());
  return taken;
}

void SeriesRecorder::report(sim::metrics::Result& result) const
{
  std::array<sim::metrics::Series, Names.size()> series;
  Sample before;
  for (const Sample& now : samples_) {
    const Stretch step{before.time, now.time};
    if (step.length() <= Seconds(0))
      continue;
    const auto share = [&](const BusyTime& busy) { return busy.within(step).count() / step.length().count(); };
    double prefill = 0;
    for (const PrefillInstance& instance : service_.prefill())
      prefill += share(instance.busy());
    double decode = 0;
    for (const DecodeInstance& instance : service_.decode().all())
      decode += share(instance.work().busy);
    const auto rate = [&](Plane plane) {
      const auto which = static_cast<std::size_t>(plane);
      return static_cast<double>(now.bytes[which] - before.bytes[which]) * 1e-9 / step.length().count();
    };
    const std::array<double, Names.size()> values{prefill / spec_.prefill_instances,
                                                  decode / spec_.decode_instances,
                                                  now.decode_batch,
                                                  now.waiting_for_prefill,
                                                  now.waiting_for_decode,
                                                  rate(Plane::Rdma),
                                                  rate(Plane::Vpc),
                                                  rate(Plane::Ub),
                                                  now.dram_blocks,
                                                  now.volume_blocks};
    for (std::size_t i = 0; i < values.size(); ++i) {
      series[i].time_s.push_back(now.time.count());
      series[i].value.push_back(values[i]);
    }
    before = now;
  }
  for (std::size_t i = 0; i < Names.size(); ++i) {
    series[i].unit = Names[i].second;
    result.series.emplace_back(Names[i].first, std::move(series[i]));
  }
}

}  // namespace cm::workloads

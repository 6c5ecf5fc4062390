#include "sim/streams/timed_resources.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <cmath>

namespace cm::sim::streams {

ServerKind TimedResources::add(const ServerSpec& spec)
{
  ensure(spec.count >= 1 && spec.channels >= 1, "{} has {} servers of {} channels", spec.name, spec.count,
         spec.channels);
  ensure(spec.channels == 1 || spec.interleave.count() > 0, "{} has channels and no interleave", spec.name);
  Kind kind;
  kind.spec = spec;
  kind.ps_per_byte = spec.rate.count() > 0 ? 1e12 * spec.channels / spec.rate.count() : 0;
  kind.latency = to_picoseconds(spec.latency).count();
  kind.free_at.resize(static_cast<std::size_t>(spec.count) * static_cast<std::size_t>(spec.channels));
  kind.busy.resize(spec.count);
  kinds_.push_back(std::move(kind));
  return kinds() - 1;
}

Picoseconds TimedResources::serve(const Use& use, Picoseconds now)
{
  Kind& kind = kinds_[use.kind];
  const auto channels = static_cast<std::uint64_t>(kind.spec.channels);
  const auto bytes = static_cast<std::uint64_t>(use.bytes.count());
  const std::uint64_t piece =
      channels == 1 ? std::max<std::uint64_t>(bytes, 1) : static_cast<std::uint64_t>(kind.spec.interleave.count());
  const std::uint64_t pieces = (bytes + piece - 1) / piece;
  std::int64_t last_start = now.count();
  std::int64_t last_end = now.count();
  for (std::uint64_t i = 0; i < std::min(pieces, channels); ++i) {
    std::uint64_t share = (pieces / channels + (i < pieces % channels ? 1 : 0)) * piece;
    if (i == (pieces - 1) % channels)
      share -= pieces * piece - bytes;
    std::int64_t& free_at = kind.free_at[use.server * channels + (use.address / piece + i) % channels];
    const std::int64_t start = std::max(free_at, now.count());
    const std::int64_t lasts = std::llround(static_cast<double>(share) * kind.ps_per_byte);
    free_at = start + lasts;
    kind.busy[use.server] += lasts;
    last_start = std::max(last_start, start);
    last_end = std::max(last_end, free_at);
  }
  return Picoseconds((use.streams ? last_start : last_end) + kind.latency);
}

Picoseconds TimedResources::busiest(ServerKind kind) const
{
  return Picoseconds(*std::ranges::max_element(kinds_[kind].busy) / kinds_[kind].spec.channels);
}

void TimedResources::forget_busy_times()
{
  for (Kind& kind : kinds_)
    std::ranges::fill(kind.busy, 0);
}

}  // namespace cm::sim::streams

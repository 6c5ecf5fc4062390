#include "workloads/traces/load_scaling.h"

#include "sim/diagnostics/errors.h"
#include "sim/units/bit_mix.h"
#include "sim/units/parse_quantity.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace cm::workloads {
namespace {

// Ids of a copy: a bijection of the ids that differs from copy to copy, so that no copy shares a prefix within reach.
// Copies are far apart among all 2^64 ids, so that near ids of two copies never meet.
std::uint64_t id_of_copy(std::uint64_t id, int copy)
{
  return copy == 0 ? id : mix_index(id + mix_index(static_cast<std::uint64_t>(copy)));
}

class PartialSource final : public RequestSource {
 public:
  PartialSource(std::unique_ptr<RequestSource> source, const TracePart& part)
      : source_(std::move(source)), part_(part), at_once_(source_->counts()), counts_(at_once_)
  {
  }

  std::optional<Request> next() override
  {
    auto request = source_->next();
    while (request && request->arrival < part_.start) {
      latest_ = request->arrival;
      before_.spread = source_->counts().spread;
      request = source_->next();
      const SourceCounts now = source_->counts();
      before_.skipped = now.skipped - at_once_.skipped;
      before_.failed = now.failed - at_once_.failed;
    }
    const bool is_over = request && part_.length > Seconds(0) && !(request->arrival < part_.start + part_.length);
    if ((!request || is_over) && !origin_ && part_ != TracePart{})
      throw ConfigError(
          is_over
              ? fmt::format("workload.trace_length: no request arrives in the {} from {} on; the next one does at {}",
                            to_text(part_.length), to_text(part_.start), to_text(request->arrival))
              : fmt::format("workload.trace_start: expected a time before the last request's, {}, found {}",
                            to_text(latest_), to_text(part_.start)));
    if (is_over)
      return std::nullopt;
    counts_ = source_->counts() - before_;
    if (!request)
      return std::nullopt;
    if (!origin_)
      origin_ = request->arrival;
    request->arrival = since(*origin_, request->arrival);
    return request;
  }

  [[nodiscard]] SourceCounts counts() const override { return counts_; }
  [[nodiscard]] std::string note() const override { return source_->note(); }
  [[nodiscard]] std::string warning() const override { return source_->warning(); }

 private:
  std::unique_ptr<RequestSource> source_;
  TracePart part_;
  Seconds latest_;
  std::optional<Seconds> origin_;  // of the first request of the part
  // Records that were left out before any request, their time unknown: they count wherever the part lies.
  SourceCounts at_once_;
  SourceCounts before_;  // the part
  SourceCounts counts_;
};

class ScaledSource final : public RequestSource {
 public:
  ScaledSource(std::unique_ptr<RequestSource> source, const LoadScaling& scaling)
      : source_(std::move(source)), scaling_(scaling), copy_(scaling.copies)
  {
    following_ = source_->next();
  }

  std::optional<Request> next() override
  {
    if (copy_ == scaling_.copies) {
      if (!following_)
        return std::nullopt;
      current_ = std::move(*following_);
      following_ = source_->next();
      // The last request's copies have no next one to come before: they arrive together.
      gap_ = following_ ? following_->arrival - current_.arrival : Seconds(0);
      copy_ = 0;
    }
    Request request = current_;
    request.arrival = (current_.arrival + gap_ * (static_cast<double>(copy_) / scaling_.copies)) * scaling_.time_scale;
    for (std::uint64_t& id : request.blocks)
      id = id_of_copy(id, copy_);
    for (LaterTurn& turn : request.later) {
      turn.delay = turn.delay * scaling_.time_scale;
      for (std::uint64_t& id : turn.blocks)
        id = id_of_copy(id, copy_);
    }
    ++copy_;
    return request;
  }

  [[nodiscard]] SourceCounts counts() const override { return source_->counts(); }
  [[nodiscard]] std::string note() const override { return source_->note(); }
  [[nodiscard]] std::string warning() const override { return source_->warning(); }

 private:
  std::unique_ptr<RequestSource> source_;
  LoadScaling scaling_;
  Request current_;
  std::optional<Request> following_;
  Seconds gap_;
  int copy_;
};

class ClockedSource final : public RequestSource {
 public:
  ClockedSource(std::unique_ptr<RequestSource> source, std::string key)
      : source_(std::move(source)), key_(std::move(key))
  {
  }

  std::optional<Request> next() override
  {
    auto request = source_->next();
    Seconds last = request ? request->arrival : Seconds(0);
    if (request)
      for (const LaterTurn& turn : request->later)
        last += turn.delay;
    if (!(last <= LatestArrival))
      throw ConfigError(
          fmt::format("{}: expected requests within {:.0f} days of the first moment, found one after {:.4g} "
                      "days",
                      key_, LatestArrival.count() / 86400, last.count() / 86400));
    return request;
  }

  [[nodiscard]] SourceCounts counts() const override { return source_->counts(); }
  [[nodiscard]] std::string note() const override { return source_->note(); }
  [[nodiscard]] std::string warning() const override { return source_->warning(); }

 private:
  std::unique_ptr<RequestSource> source_;
  std::string key_;
};

}  // namespace

std::unique_ptr<RequestSource> within_clock(std::unique_ptr<RequestSource> source, const std::string& key)
{
  return std::make_unique<ClockedSource>(std::move(source), key);
}

std::unique_ptr<RequestSource> part_of(std::unique_ptr<RequestSource> source, const TracePart& part)
{
  return std::make_unique<PartialSource>(std::move(source), part);
}

std::unique_ptr<RequestSource> scaled(std::unique_ptr<RequestSource> source, const LoadScaling& scaling)
{
  if (scaling == LoadScaling{})
    return source;
  return std::make_unique<ScaledSource>(std::move(source), scaling);
}

}  // namespace cm::workloads

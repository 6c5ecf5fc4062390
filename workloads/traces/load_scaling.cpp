#include "workloads/traces/load_scaling.h"

#include "sim/units/bit_mix.h"

#include <utility>

namespace cm::workloads {
namespace {

// Ids of a copy: a bijection of the ids that differs from copy to copy, so that no copy shares a prefix within reach.
std::uint64_t id_of_copy(std::uint64_t id, int copy)
{
  return copy == 0 ? id : mix_index(id ^ (static_cast<std::uint64_t>(copy) << 56U));
}

class PartialSource final : public RequestSource {
 public:
  PartialSource(std::unique_ptr<RequestSource> source, const TracePart& part) : source_(std::move(source)), part_(part)
  {
  }

  std::optional<Request> next() override
  {
    auto request = source_->next();
    while (request && request->arrival < part_.start)
      request = source_->next();
    if (!request || (part_.length > Seconds(0) && !(request->arrival < part_.start + part_.length)))
      return std::nullopt;
    request->arrival = request->arrival - part_.start;
    return request;
  }

  [[nodiscard]] std::uint64_t skipped() const override { return source_->skipped(); }

 private:
  std::unique_ptr<RequestSource> source_;
  TracePart part_;
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
    ++copy_;
    return request;
  }

  [[nodiscard]] std::uint64_t skipped() const override { return source_->skipped(); }

 private:
  std::unique_ptr<RequestSource> source_;
  LoadScaling scaling_;
  Request current_;
  std::optional<Request> following_;
  Seconds gap_;
  int copy_;
};

}  // namespace

std::unique_ptr<RequestSource> part_of(std::unique_ptr<RequestSource> source, const TracePart& part)
{
  if (part == TracePart{})
    return source;
  return std::make_unique<PartialSource>(std::move(source), part);
}

std::unique_ptr<RequestSource> scaled(std::unique_ptr<RequestSource> source, const LoadScaling& scaling)
{
  if (scaling == LoadScaling{})
    return source;
  return std::make_unique<ScaledSource>(std::move(source), scaling);
}

}  // namespace cm::workloads

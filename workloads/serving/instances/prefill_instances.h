// The prefill instances of a service, and the router that chooses one of them for each request.
#pragma once

#include "workloads/serving/instances/prefill_instance.h"
#include "workloads/serving/pool/kv_pool.h"

#include <cstdint>
#include <deque>

namespace cm::workloads {

class PrefillInstances {
 public:
  // Borrows everything that the setup refers to, and the context cache.
  PrefillInstances(const PrefillInstance::Setup& setup, const KvPool& pool,
                   const PrefillInstance::Prefilled& prefilled);

  // Chooses the instance of a request, which expects it from then on.
  void route(InFlight& request, Seconds now);
  // Its cached keys and values are there. The request is borrowed until it is prefilled.
  void submit(InFlight& request) { instances_[request.instance].submit(request); }

  [[nodiscard]] const std::deque<PrefillInstance>& all() const { return instances_; }

 private:
  const PrefillRouter& router_;
  const KvPool& pool_;
  std::deque<PrefillInstance> instances_;
  std::uint64_t routed_ = 0;  // requests
};

}  // namespace cm::workloads

#include "workloads/serving/service.h"

#include <optional>
#include <utility>

namespace cm::workloads {
namespace {

using sim::engine::Control;

constexpr std::int64_t BytesPerTokenId = 4;
// The global scheduler's node.
constexpr std::size_t SchedulerNode = 0;
// At a time, each with an actor (D242): flows that share a plane cost time with the square of their number. A look-up
// keeps the place of its upload.
constexpr std::size_t MostUploads = 128;
constexpr std::size_t MostStores = 256;

}  // namespace

Service::Service(const Setup& setup)
    : spec_(setup.spec), model_(setup.model), progress_(setup.progress), uploads_(setup.engine, "request", MostUploads),
      stores_(setup.engine, "store", MostStores), book_(setup.requests, setup.seed, setup.spec.first_token),
      turns_(setup.engine, [this](Request turn, Seconds now) { arrive(std::move(turn), now); }),
      planes_(setup.spec, setup.machine, setup.engine), pool_(setup.spec, setup.model, setup.machine, planes_),
      loads_(setup.engine, setup.spec.prefill_instances, setup.spec.pool.loads,
             [this](Control& control, InFlight& request) { load(control, request); }),
      decode_({setup.spec, setup.model, setup.machine, setup.engine, setup.cells, planes_, setup.timeline},
              [this](InFlight& request) { finish(request); }),
      prefill_({setup.spec, setup.engine, setup.cells, planes_, setup.timeline}, pool_,
               [this](Control& control, std::uint32_t number, const std::vector<InFlight*>& requests) {
                 prefilled(control, number, requests);
               })
{
}

void Service::let_in(Control& control, RequestSource& source)
{
  while (auto request = source.next()) {
    if (request->arrival > control.now())
      control.sleep(request->arrival - control.now());
    arrive(std::move(*request), control.now());
  }
}

void Service::arrive(Request request, Seconds now)
{
  if (const auto reason = refusal_of(request)) {
    book_.refuse(request, *reason, now);
    turns_.follow(request, now);
  } else {
    InFlight& entry = book_.admit(std::move(request), now);
    uploads_.run([this, &entry](Control& own) { receive(own, entry); });
  }
  progress_.update(book_.arrived_share(), "serving");
}

std::optional<Refusal> Service::refusal_of(const Request& request) const
{
  if (request.input_tokens + request.output_tokens > model_.max_position)
    return Refusal::Context;
  return decode_.can_hold(request) ? std::nullopt : std::optional(Refusal::Memory);
}

// From the world to the prefill instance.
void Service::receive(Control& control, InFlight& request)
{
  planes_.move(control, Plane::Vpc,
               {{planes_.clients(), SchedulerNode, Bytes(request.request.input_tokens * BytesPerTokenId)}});
  request.reach(Milestone::Received, control.now());
  pool_.remember(request.request);
  prefill_.route(request, control.now());
  pool_.look_up(control, request);
  loads_.submit(request);
}

void Service::load(Control& control, InFlight& request)
{
  pool_.load(control, request);
  request.reach(Milestone::Loaded, control.now());
  prefill_.submit(request);
}

void Service::prefilled(Control& control, std::uint32_t instance, const std::vector<InFlight*>& requests)
{
  std::vector<std::uint64_t> keys;
  for (InFlight* request : requests) {
    const auto full = pool_.full_blocks(request->request);
    keys.insert(keys.end(), full.begin(), full.end());
    if (spec_.first_token == FirstToken::Prefill) {
      request->produced_tokens = 1;
      request->first_token = request->last_token = to_picoseconds(control.now()).count();
      if (request->request.output_tokens == 1) {
        finish(*request);
        continue;
      }
    }
    decode_.submit(*request, control.now());
  }
  if (spec_.pool.is_on && !keys.empty())
    stores_.run([this, instance, keys = std::move(keys)](Control& own) { pool_.store(own, instance, keys); });
}

void Service::finish(InFlight& request)
{
  const Seconds end = to_seconds(Picoseconds(request.last_token));
  Request ended = book_.finish(request);
  turns_.follow(ended, end);
}

}  // namespace cm::workloads

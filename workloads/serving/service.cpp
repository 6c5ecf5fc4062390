#include "workloads/serving/service.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <functional>
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
constexpr std::size_t MostLoads = 1024;
constexpr std::size_t MostStores = 256;

}  // namespace

Service::Actors::Actors(sim::engine::Engine& engine)
    : uploads(engine, "request", MostUploads), loads(engine, "load", MostLoads), stores(engine, "store", MostStores)
{
}

Service::Service(const Setup& setup)
    : spec_(setup.spec), model_(setup.model), seed_(setup.seed), engine_(setup.engine), actors_(setup.engine),
      progress_(setup.progress), planes_(setup.spec, setup.machine, setup.engine),
      pool_(setup.spec, setup.model, setup.machine, planes_),
      decode_({setup.spec, setup.model, setup.machine, setup.engine, setup.cells, planes_, setup.timeline},
              [this](InFlight& request) { finish(request); }),
      loads_(setup.spec.prefill_instances), records_(setup.requests)
{
  for (std::uint32_t instance = 0; instance < spec_.prefill_instances; ++instance)
    prefill_.emplace_back(instance, PrefillInstance::Setup{spec_, setup.engine, setup.cells, planes_, setup.timeline},
                          [this](Control& control, std::uint32_t number, const std::vector<InFlight*>& requests) {
                            prefilled(control, number, requests);
                          });
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
  const std::uint64_t number = arrived_++;
  ensure(number < records_.size(), "request {} arrives, {} were expected", number, records_.size());
  progress_.update(static_cast<double>(arrived_) / static_cast<double>(records_.size()), "serving");
  if (refuses(request, number, now)) {
    expect_next_turn(request, now);
  } else {
    InFlight& entry =
        *in_flight_.emplace(number, std::make_unique<InFlight>(std::move(request), number, seed_)).first->second;
    entry.reach(Milestone::Arrived, now);
    actors_.uploads.run([this, &entry](Control& own) { receive(own, entry); });
  }
  if (arrived_ < records_.size())
    return;
  at_last_arrival_ = census(now);
  last_event_ = std::max(last_event_, now);
  has_last_arrived_ = true;
}

bool Service::refuses(const Request& request, std::uint64_t number, Seconds now)
{
  const std::int64_t tokens = request.input_tokens + request.output_tokens;
  const bool is_context = tokens > model_.max_position;
  if (!is_context && decode_.can_hold(request))
    return false;
  ++refused_;
  ++(is_context ? refusals_.context : refusals_.memory);
  refusals_.longest = std::max(refusals_.longest, tokens);
  records_[number] = refused_record_of(request, now);
  return true;
}

// From the world to the prefill instance.
void Service::receive(Control& control, InFlight& request)
{
  planes_.move(control, Plane::Vpc,
               {{planes_.clients(), SchedulerNode, Bytes(request.request.input_tokens * BytesPerTokenId)}});
  request.reach(Milestone::Received, control.now());
  pool_.remember(request.request);
  route(request, control.now());
  pool_.look_up(control, request);
  wait_for_load(request);
}

void Service::wait_for_load(InFlight& request)
{
  Loads& loads = loads_[request.instance];
  if (loads.under_way == spec_.pool.loads) {
    loads.waiting.push_back(&request);
    return;
  }
  ++loads.under_way;
  actors_.loads.run([this, &request](Control& own) { load(own, request); });
}

// Then on to prefill; the place goes to the next request that waits for one.
void Service::load(Control& control, InFlight& request)
{
  pool_.load(control, request);
  request.reach(Milestone::Loaded, control.now());
  prefill_[request.instance].submit(request);
  Loads& loads = loads_[request.instance];
  --loads.under_way;
  if (loads.waiting.empty())
    return;
  InFlight& next = *loads.waiting.front();
  loads.waiting.pop_front();
  wait_for_load(next);
}

void Service::route(InFlight& request, Seconds now)
{
  const std::int64_t cached = spec_.router == Router::CacheAware ? pool_.cached_tokens(request.request) : 0;
  if (spec_.router == Router::RoundRobin) {
    request.instance = next_instance_++ % spec_.prefill_instances;
  } else {
    const Prompt prompt{request.request.input_tokens - cached, cached};
    const auto best = std::ranges::min_element(
        prefill_, {}, [&](PrefillInstance& instance) { return instance.cost_of(now, prompt); });
    request.instance = static_cast<std::uint32_t>(best - prefill_.begin());
  }
  prefill_[request.instance].expect(request, cached);
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
    actors_.stores.run([this, instance, keys = std::move(keys)](Control& own) { pool_.store(own, instance, keys); });
}

void Service::finish(InFlight& request)
{
  ++finished_;
  records_[request.number] = record_of(request, spec_.first_token);
  last_event_ = std::max(last_event_, to_seconds(Picoseconds(request.last_token)));
  expect_next_turn(request.request, to_seconds(Picoseconds(request.last_token)));
  in_flight_.erase(request.number);
}

// Schedules the next turn of a conversation whose last one was answered, or refused, at `end`.
void Service::expect_next_turn(Request& ended, Seconds end)
{
  if (ended.turns_before == ended.later.size())
    return;
  LaterTurn& turn = ended.later[ended.turns_before];
  DueTurn next{.due = end + turn.delay,
               .order = ended_turns_++,
               .request = {.arrival = {},
                           .input_tokens = turn.input_tokens,
                           .output_tokens = turn.output_tokens,
                           .blocks = std::move(turn.blocks)}};
  next.request.later = std::move(ended.later);
  next.request.turns_before = ended.turns_before + 1;
  const Seconds due = next.due;
  turns_.push_back(std::move(next));
  std::ranges::push_heap(turns_, std::greater<>());
  if (next_turn_ && *next_turn_ <= due)
    return;
  next_turn_ = due;
  engine_.spawn("turns", [this, keeper = ++turn_keeper_](Control& own) { let_turns_in(own, keeper); });
}

// An actor that lets turns in as they fall due, until none waits or another one has been woken for an earlier turn.
void Service::let_turns_in(Control& control, std::uint64_t keeper)
{
  while (keeper == turn_keeper_ && next_turn_) {
    const Seconds wake_up = *next_turn_;
    if (wake_up > control.now())
      control.sleep(wake_up - control.now());
    if (keeper != turn_keeper_)
      return;
    while (!turns_.empty() && turns_.front().due <= wake_up) {
      std::ranges::pop_heap(turns_, std::greater<>());
      Request request = std::move(turns_.back().request);
      turns_.pop_back();
      arrive(std::move(request), control.now());
    }
    next_turn_ = turns_.empty() ? std::nullopt : std::optional(turns_.front().due);
  }
}

Census Service::census(Seconds now) const
{
  return {.time = now,
          .arrived = arrived_,
          .refused = refused_,
          .finished = finished_,
          .in_flight = static_cast<std::uint64_t>(in_flight_.size())};
}

}  // namespace cm::workloads

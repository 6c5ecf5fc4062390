#include "sim/engine/engine.h"

#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"
#include "sim/engine/data_plane_model.h"
#include "sim/engine/engine_settings.h"

#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <optional>
#include <utility>

namespace cm::sim::engine {
namespace {

namespace s4u = simgrid::s4u;

// Stack size of one actor. Serving has some thousands of them when it is overloaded; SimGrid's own 8 MiB each are more
// than the address space that a job may be given.
constexpr int StackKibibytes = 1024;

// SimGrid parses --help, --version and --cfg itself: it never sees the user's arguments.
struct QuietArguments {
  std::string name = "cmsim";
  std::string quiet = "--log=root.thresh:error";
  std::vector<char*> values{name.data(), quiet.data(), nullptr};
  int count = 2;
};

}  // namespace

struct Engine::Parts {
  struct Plane {
    s4u::NetZone* zone = nullptr;
    std::vector<s4u::Host*> hosts;
    std::vector<s4u::Link*> ups;    // [endpoint]
    std::vector<s4u::Link*> downs;  // [endpoint]
  };

  QuietArguments arguments;
  std::optional<s4u::Engine> simgrid;
  s4u::NetZone* root = nullptr;
  s4u::Host* control_host = nullptr;
  std::vector<Plane> planes;
  std::shared_ptr<DataPlaneModel> model;
  std::exception_ptr failure;
  std::size_t started = 0;
  std::size_t finished = 0;
};

Engine::Engine() : parts_(std::make_unique<Parts>())
{
  char** values = parts_->arguments.values.data();
  // SimGrid would end the process with status 1 on an interrupt; what a signal does is the program's business.
  const auto on_interrupt = std::signal(SIGINT, SIG_DFL);
  parts_->simgrid.emplace(&parts_->arguments.count, values);
  std::signal(SIGINT, on_interrupt);
#if defined(__SANITIZE_ADDRESS__)
  // The other context factories switch stacks in ways that the address sanitizer takes for overflows.
  s4u::Engine::set_config("contexts/factory:thread");
#else
  s4u::Engine::set_config(fmt::format("contexts/stack-size:{}", StackKibibytes));
#endif
  for (const auto& [key, value] : EngineSettings)
    s4u::Engine::set_config(fmt::format("{}:{}", key, value));
  parts_->root = s4u::create_full_zone("machine");
  auto* control = s4u::create_star_zone("control");
  control->set_parent(parts_->root);
  parts_->control_host = control->create_host("control", 1e9);
  control->seal();
}

Engine::~Engine() = default;

std::map<std::string, std::string> Engine::settings()
{
  return {EngineSettings.begin(), EngineSettings.end()};
}

std::size_t Engine::add_plane(const StarPlaneSpec& spec)
{
  Parts::Plane plane;
  plane.zone = s4u::create_star_zone(spec.name);
  plane.zone->set_parent(parts_->root);
  for (const auto& endpoint : spec.endpoints) {
    auto* host = plane.zone->create_host(spec.name + "/" + endpoint.name, 1e9);
    auto* up = plane.zone->create_link(spec.name + "/" + endpoint.name + "/up", endpoint.up.count())
                   ->set_latency(spec.latency.count() / 2)
                   ->seal();
    auto* down = plane.zone->create_link(spec.name + "/" + endpoint.name + "/down", endpoint.down.count())
                     ->set_latency(spec.latency.count() / 2)
                     ->seal();
    plane.zone->add_route(host->get_netpoint(), nullptr, nullptr, nullptr, {s4u::LinkInRoute(up)}, false);
    plane.zone->add_route(nullptr, host->get_netpoint(), nullptr, nullptr, {s4u::LinkInRoute(down)}, false);
    plane.hosts.push_back(host);
    plane.ups.push_back(up);
    plane.downs.push_back(down);
  }
  plane.zone->seal();
  parts_->planes.push_back(std::move(plane));
  return parts_->planes.size() - 1;
}

void Engine::set_rate(std::size_t plane, std::size_t endpoint, BytesPerSecond up, BytesPerSecond down)
{
  parts_->planes.at(plane).ups.at(endpoint)->set_bandwidth(up.count());
  parts_->planes.at(plane).downs.at(endpoint)->set_bandwidth(down.count());
}

void Engine::carry(streams::DataPlane& plane)
{
  ensure(parts_->model == nullptr,
         "an engine carries one data plane: a second run-ahead model would wake actors early");
  parts_->model = std::make_shared<DataPlaneModel>(plane);
  parts_->simgrid->add_model(parts_->model);
}

streams::Signal Engine::new_signal()
{
  ensure(parts_->model != nullptr, "signals come from a data plane, and none is carried");
  return parts_->model->new_signal();
}

void Engine::spawn(const std::string& name, std::function<void(Control&)> body)
{
  ++parts_->started;
  s4u::Actor::create(name, parts_->control_host, [this, body = std::move(body)] {
    Control control(*this);
    // Only std::exception: SimGrid ends actors by an exception of another kind, which must not be caught.
    try {
      body(control);
    } catch (const std::exception&) {
      if (!parts_->failure)
        parts_->failure = std::current_exception();
    }
    ++parts_->finished;
  });
}

void Engine::run()
{
  parts_->root->seal();
  parts_->simgrid->run();
  if (parts_->failure)
    std::rethrow_exception(parts_->failure);
  ensure(parts_->finished == parts_->started, "{} of {} actors still wait at {} s for something that cannot happen",
         parts_->started - parts_->finished, parts_->started, s4u::Engine::get_clock());
}

Seconds Control::now() const
{
  return Seconds(s4u::Engine::get_clock());
}

void Control::sleep(Seconds duration)
{
  s4u::this_actor::sleep_for(duration.count());
}

void Control::transfer(std::size_t plane, std::size_t from, std::size_t to, Bytes amount)
{
  const auto& hosts = engine_.parts_->planes.at(plane).hosts;
  s4u::Comm::sendto(hosts.at(from), hosts.at(to), static_cast<std::uint64_t>(amount.count()));
}

std::vector<Seconds> Control::transfer_all(std::size_t plane, const std::vector<Transfer>& transfers)
{
  const auto& hosts = engine_.parts_->planes.at(plane).hosts;
  std::vector<s4u::CommPtr> flows;
  flows.reserve(transfers.size());
  for (const auto& t : transfers)
    flows.push_back(
        s4u::Comm::sendto_async(hosts.at(t.from), hosts.at(t.to), static_cast<std::uint64_t>(t.amount.count())));
  std::vector<Seconds> ends;
  ends.reserve(flows.size());
  for (const auto& flow : flows) {
    flow->wait();
    ends.emplace_back(flow->get_finish_time());
  }
  return ends;
}

void Control::wait(streams::Signal signal)
{
  engine_.parts_->model->wait(signal);
}

bool Control::is_alone() const
{
  return engine_.parts_->started == engine_.parts_->finished + 1;
}

void Control::synchronise()
{
  engine_.parts_->model->plane().catch_up(to_picoseconds(now()));
}

}  // namespace cm::sim::engine

#include "workloads/expert_parallel/ep.h"

#include "sim/engine/engine.h"
#include "sim/metrics/confidence.h"
#include "workloads/expert_parallel/fused_exchange.h"
#include "workloads/expert_parallel/queue_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace cm::workloads {
namespace {

using sim::config::Reader;
using sim::metrics::Histogram;
using sim::metrics::mean;

// The one track of a rank on a timeline.
constexpr std::array<std::string_view, 1> Streams{"dispatch and combine"};

// All ranks start a kernel together; the next one starts when the slowest rank is through.
class EpTest final : public sim::streams::DataPlaneClient, public ExchangeListener {
 public:
  EpTest(const EpSpec& spec, const models::MachineSpec& machine, sim::streams::DataPlane& plane,
         const models::EndpointEngines& engines, sim::streams::Signal phase_done)
      : spec_(spec), plane_(plane), phase_done_(phase_done), tokens_(spec.ep, spec.tokens_per_rank),
        exchange_(0, setup(spec), machine, plane, engines, *this, 0)
  {
  }

  void show_on(RankTimeline& timeline)
  {
    timeline_ = &timeline;
    exchange_.show_on(timeline);
  }

  // The first kernel of a repeat: routes the tokens and starts dispatch on every rank.
  void start_dispatch(std::uint32_t repeat, const RoutingTask& task, sim::RandomStream& random)
  {
    generation_ = repeat;
    ExchangeTraffic& traffic = exchange_.prepare(repeat, tokens_);
    route_tokens(task, tokens_, random, traffic);
    exchange_.open(repeat);
    begin();
    for (std::uint32_t rank = 0; rank < spec_.ep; ++rank) {
      if (timeline_ != nullptr)
        timeline_->enter({rank, 0}, {{"repeat", repeat}});
      exchange_.start_dispatch(repeat, rank);
    }
  }

  void start_combine()
  {
    begin();
    for (std::uint32_t rank = 0; rank < spec_.ep; ++rank) {
      exchange_.start_combine(generation_, rank);
      if (timeline_ != nullptr)
        timeline_->use_rows({rank, 0}, 0, generation_, traffic(), plane_.now());
    }
  }

  void on_notice(std::uint64_t notice, Picoseconds now) override { exchange_.on_notice(notice, now); }

  void on_dispatched(std::uint32_t /*exchange*/, std::uint32_t /*rank*/, Picoseconds now, Picoseconds waited) override
  {
    finish_rank(now, dispatch_us, waited);
  }

  void on_combined(std::uint32_t /*exchange*/, std::uint32_t /*rank*/, Picoseconds now, Picoseconds waited) override
  {
    finish_rank(now, combine_us, waited);
  }

  // From the start of the phase to its slowest rank.
  [[nodiscard]] double phase_us() const { return microseconds(end_ - start_); }
  [[nodiscard]] const ExchangeTraffic& traffic() const { return exchange_.traffic(generation_); }

  Histogram dispatch_us{"us"};
  Histogram combine_us{"us"};
  Histogram wait_us{"us"};

 private:
  static ExchangeSetup setup(const EpSpec& spec)
  {
    return {.ranks = spec.ep,
            .cores = spec.aiv_cores,
            .row = spec.row,
            .quantised = true,
            .rows_per_token = spec.top_k + (spec.shared_expert ? 1 : 0)};
  }

  void begin()
  {
    start_ = plane_.now();
    ranks_done_ = 0;
  }

  void finish_rank(Picoseconds now, Histogram& histogram, Picoseconds waited)
  {
    histogram.record(microseconds(now - start_));
    wait_us.record(microseconds(waited));
    end_ = now;
    if (++ranks_done_ == spec_.ep)
      plane_.raise(phase_done_);
  }

  EpSpec spec_;
  sim::streams::DataPlane& plane_;
  sim::streams::Signal phase_done_;
  std::vector<std::uint32_t> tokens_;
  FusedExchange exchange_;
  RankTimeline* timeline_ = nullptr;  // null: nobody asked for one
  std::uint32_t generation_ = 0;
  std::uint32_t ranks_done_ = 0;
  Picoseconds start_;
  Picoseconds end_;
};

void check_slots(Reader& workload, const EpSpec& spec, const models::MachineSpec& machine)
{
  if (machine.topology.nodes > 0 && spec.ep > machine.topology.dies())
    workload.complain(
        "ep", fmt::format("{} ranks need {} dies, but the machine has {}", spec.ep, spec.ep, machine.topology.dies()));
  if (spec.top_k > spec.experts)
    workload.complain("top_k", fmt::format("top {} of {} experts", spec.top_k, spec.experts));
  if (const auto problem = models::slot_problem({spec.ep, spec.experts, spec.redundant, 0}))
    workload.complain("ep", *problem);
  if (machine.die.aiv_cores > 0 && spec.aiv_cores > machine.die.aiv_cores)
    workload.complain("aiv_cores",
                      fmt::format("a die has {} vector cores, found {}", machine.die.aiv_cores, spec.aiv_cores));
}

}  // namespace

EpSpec read_ep(Reader& workload, models::MachineSpec& machine)
{
  EpSpec spec;
  enum class Kind { Ep } kind = Kind::Ep;
  int ep = 0;
  int tokens = 128;
  int hidden = 7168;
  int experts = 256;
  int top_k = 8;
  int redundant = 0;
  int repeats = 10;
  bool fused = true;
  spec.aiv_cores = machine.die.aiv_cores;
  workload.choice({"kind", "what is run"}, kind, {{"ep", Kind::Ep}}, true);
  workload.required({"ep", "expert-parallel ranks, on consecutive dies", 2.0, 100000.0}, ep);
  workload.optional({"tokens_per_rank", "tokens that every rank dispatches", 1.0, 100000.0}, tokens);
  workload.optional({"hidden", "width of a token's hidden state", 32.0, 1e6}, hidden);
  workload.optional({"experts", "routed experts; they divide over the ranks", 1.0, 65536.0}, experts);
  workload.optional({"redundant", "redundant copies of routed experts", 0.0, 65536.0}, redundant);
  workload.optional({"top_k", "routed experts of a token", 1.0, 256.0}, top_k);
  workload.optional({"shared_expert", "whether a token sends one more message, to a uniformly chosen rank"},
                    spec.shared_expert);
  workload.optional({"aiv_cores", "vector cores that the kernels run on", 1.0, 100000.0}, spec.aiv_cores);
  workload.optional({"fused", "fused kernels; false (three all-to-alls) is not built yet"}, fused);
  workload.choice({"routing", "how tokens choose experts"}, spec.routing,
                  {{"balanced", models::Routing::Balanced},
                   {"uniform", models::Routing::Uniform},
                   {"skewed", models::Routing::Skewed}});
  models::read_skew(workload, spec.routing, spec.sigma);
  workload.choice({"placement", "how experts are laid on ranks"}, spec.placement,
                  {{"contiguous", models::PlacementRule::Contiguous}, {"balanced", models::PlacementRule::Balanced}});
  workload.optional({"repeats", "dispatch-combine pairs to average over, each with fresh routing", 1.0, 1000.0},
                    repeats);
  models::read_policy_choices(workload, machine.ub);
  if (machine.ub.model == models::UbModel::Flow)
    workload.complain("kind", "needs machine.ub.model: packet; the flow model runs p2p only");
  if (!fused)
    workload.complain("fused", "expected true: the unfused baseline is not built yet");
  spec.ep = static_cast<std::uint32_t>(ep);
  spec.tokens_per_rank = static_cast<std::uint32_t>(tokens);
  spec.row = Bytes(2 * static_cast<std::int64_t>(hidden));
  spec.experts = static_cast<std::uint32_t>(experts);
  spec.top_k = static_cast<std::uint32_t>(top_k);
  spec.redundant = static_cast<std::uint32_t>(redundant);
  spec.repeats = static_cast<std::uint32_t>(repeats);
  if (ep > 0)
    check_slots(workload, spec, machine);
  workload.finish();
  return spec;
}

void run_ep(const EpSpec& spec, const models::MachineSpec& machine, std::uint64_t seed,
            sim::metrics::Progress& progress, sim::metrics::Result& result, sim::timeline::Timeline* timeline)
{
  const topology::Supernode supernode(machine.topology);
  sim::streams::DataPlane plane(models::data_plane_spec(machine, supernode, seed));
  const models::EndpointEngines engines(machine, plane.fabric());
  const models::Gate gate({.routing = spec.routing,
                           .experts = spec.experts,
                           .top_k = spec.top_k,
                           .sigma = spec.sigma,
                           .profile = {},
                           .seed = seed},
                          0);
  const models::Placement placement({spec.ep, spec.experts, spec.redundant, 0}, spec.placement, gate.loads());
  const RoutingTask task{gate, placement, spec.shared_expert ? SharedMessages::Anywhere : SharedMessages::None,
                         spec.top_k};
  sim::RandomStream random(seed, "gate");

  sim::engine::Engine engine;
  engine.carry(plane);
  const sim::streams::Signal phase_done = engine.new_signal();
  EpTest test(spec, machine, plane, engines, phase_done);
  plane.set_client(test);
  std::optional<RankTimeline> shown;
  if (timeline != nullptr)
    test.show_on(shown.emplace(*timeline, plane.fabric(), machine, spec.ep, Streams));
  std::vector<double> dispatch;
  std::vector<double> combine;
  engine.spawn("ep", [&](sim::engine::Control& control) {
    for (std::uint32_t repeat = 0; repeat < spec.repeats; ++repeat) {
      control.synchronise();
      test.start_dispatch(repeat, task, random);
      control.wait(phase_done);
      dispatch.push_back(test.phase_us());
      control.synchronise();
      test.start_combine();
      control.wait(phase_done);
      combine.push_back(test.phase_us());
      progress.update((repeat + 1.0) / spec.repeats, "dispatching and combining");
    }
  });
  engine.run();

  const double rows = spec.tokens_per_rank * (spec.top_k + (spec.shared_expert ? 1.0 : 0.0));
  const auto dispatch_row =
      static_cast<double>(spec.row.count()) / 2 + static_cast<double>(machine.die.exchange.slot.count());
  const auto combine_row = static_cast<double>(spec.row.count());
  result.add("dispatch_us", mean(dispatch), "us", "start of the first rank to end of the slowest");
  result.add("combine_us", mean(combine), "us", "start of the first rank to end of the slowest");
  result.add("dispatch_gb_s", rows * dispatch_row / mean(dispatch) * 1e-3, "GB/s",
             "bytes a rank sends / dispatch_us, decimal");
  result.add("combine_gb_s", rows * combine_row / mean(combine) * 1e-3, "GB/s",
             "bytes a rank sends / combine_us, decimal");
  report_queues(machine, plane.fabric(), result);
  result.histograms.emplace_back("dispatch_rank_us", test.dispatch_us);
  result.histograms.emplace_back("combine_rank_us", test.combine_us);
  result.histograms.emplace_back("rank_wait_us", test.wait_us);
}

}  // namespace cm::workloads

#include "workloads/exchanges/tensor_exchange.h"

#include "models/collectives/fused_kernels.h"
#include "sim/diagnostics/ensure.h"
#include "workloads/exchanges/rank_timeline.h"

#include <algorithm>
#include <utility>

namespace cm::workloads {

using models::TensorOperation;

TensorExchange::TensorExchange(std::uint32_t ranks, std::uint32_t group_size, const ExchangePlace& place,
                               TensorSource source)
    : size_(group_size), place_(place), source_(std::move(source)), notices_(place.plane.add_owner(*this)),
      ranks_(ranks)
{
  ensure(place.first_die == 0, "the groups start at die {}", place.first_die);
  ensure(group_size > 1 && ranks % group_size == 0, "{} ranks in groups of {}", ranks, group_size);
  opened_phases_.resize(ranks / group_size);
  for (auto& inbox : inboxes_)
    inbox = place.plane.fabric().add_inboxes(ranks);
}

// A member without rows still has its flag written.
std::int64_t TensorExchange::piece_bytes(const RankState& state, std::uint32_t member) const
{
  return std::max(models::piece_of(state.kernel.task, member), place_.machine.ub.control_packet).count();
}

void TensorExchange::begin(std::uint32_t part, std::uint32_t /*generation*/, std::uint32_t rank)
{
  RankState& state = ranks_[rank];
  state.part = part;
  if (timeline_ != nullptr)
    timeline_->begin({rank, place_.microbatch}, part, "tensor exchange", place_.plane.now());
  state.kernel = source_(part, rank);
  state.gathers = state.kernel.task.operation == TensorOperation::AllGather;
  place_.plane.remind(to_picoseconds(place_.machine.die.exchange.launch), notices_(Step::Send, rank, state.phase % 2));
}

void TensorExchange::begin_phase(std::uint32_t rank)
{
  RankState& state = ranks_[rank];
  const std::uint32_t group = rank / size_;
  state.sent = false;
  if (opened_phases_[group] == state.phase)
    expect_pieces(group, state);
  send(rank);
}

// The first rank of a group that gets to a phase tells all inboxes what to wait for.
void TensorExchange::expect_pieces(std::uint32_t group, const RankState& state)
{
  const std::uint32_t parity = state.phase % 2;
  std::int64_t all = 0;
  for (std::uint32_t member = 0; member < size_; ++member)
    all += piece_bytes(state, member);
  const std::uint32_t first = group * size_;
  // A flag follows its acknowledged data: one more way there after the way back.
  const std::int64_t flag_delay = 2 * place_.plane.fabric().path_latency_ps(first, first + size_ - 1);
  for (std::uint32_t member = 0; member < size_; ++member) {
    const std::int64_t own = piece_bytes(state, member);
    const std::int64_t bytes = state.gathers ? all - own : own * (size_ - 1);
    place_.plane.fabric().expect(inboxes_[parity] + first + member, static_cast<std::uint64_t>(bytes), flag_delay,
                                 notices_(Step::Received, first + member, parity));
  }
  ++opened_phases_[group];
}

// Each rank starts at the one behind it: all in the same order would meet at one receiver.
void TensorExchange::send(std::uint32_t rank)
{
  const RankState& state = ranks_[rank];
  const std::uint32_t first = rank / size_ * size_;
  const std::uint32_t place = rank - first;
  const Seconds one_way = to_seconds(Picoseconds(place_.plane.fabric().path_latency_ps(first, first + size_ - 1)));
  const Seconds inside = to_seconds(Picoseconds(place_.plane.fabric().path_latency_ps(first, first)));
  const models::ExchangePlan plan =
      models::plan_combine(place_.machine.die, state.kernel.cores, state.kernel.task.row, (one_way - inside) * 2);
  sim::fabric::FlowSpec flow;
  flow.source = rank;
  flow.traffic_class = place_.machine.ub.traffic.of(models::Traffic::Collectives);
  flow.messages.reserve(size_ - 1);
  for (std::uint32_t step = 1; step < size_; ++step) {
    const std::uint32_t member = (place + step) % size_;
    const std::int64_t bytes = piece_bytes(state, state.gathers ? place : member);
    flow.messages.push_back({first + member, static_cast<std::uint32_t>(bytes)});
  }
  flow.engine = place_.engines.source(rank, false);
  flow.issue_rate = plan.issue_rate;
  flow.issuers = state.kernel.cores;
  flow.pause = to_picoseconds(plan.pause);
  flow.inbox = inboxes_[state.phase % 2];
  flow.fence_notice = notices_(Step::Fenced, rank, state.phase % 2);
  place_.plane.start(std::move(flow));
}

void TensorExchange::on_notice(const sim::streams::Notice& notice, Picoseconds now)
{
  const std::uint32_t rank = notice.member;
  RankState& state = ranks_[rank];
  switch (notice.as<Step>()) {
  case Step::Send: begin_phase(rank); break;
  case Step::Fenced:
    state.sent = true;
    end_phase_if_done(rank, now);
    break;
  case Step::Received:
    state.received.at(notice.detail) = true;
    end_phase_if_done(rank, now);
    break;
  case Step::Reduced:
    if (state.kernel.task.operation == TensorOperation::AllReduce) {
      state.gathers = true;
      begin_phase(rank);
    } else {
      finish(rank, now);
    }
    break;
  }
}

void TensorExchange::end_phase_if_done(std::uint32_t rank, Picoseconds now)
{
  RankState& state = ranks_[rank];
  bool& received = state.received[state.phase % 2];
  if (!state.sent || !received)
    return;
  received = false;
  state.sent = false;
  ++state.phase;
  if (state.gathers) {
    finish(rank, now);
    return;
  }
  const models::Operator op =
      models::reduction_operator(models::piece_of(state.kernel.task, rank % size_), state.kernel.task.members);
  place_.plane.start({.die = rank,
                      .alone = to_picoseconds(models::operator_time(op, place_.machine.die, {0, state.kernel.cores})),
                      .memory_traffic = op.traffic,
                      .end_notice = notices_(Step::Reduced, rank)});
}

models::StageWork TensorExchange::work(std::uint32_t /*part*/, std::uint32_t /*generation*/, std::uint32_t rank,
                                       Seconds spent) const
{
  const RankState& state = ranks_[rank];
  const std::uint32_t place = rank % size_;
  std::int64_t all = 0;
  for (std::uint32_t member = 0; member < size_; ++member)
    all += piece_bytes(state, member);
  const std::int64_t own = piece_bytes(state, place);
  // A reduce-scatter sends the others' pieces and gets the own one of each of them, an all-gather the other way round.
  const std::int64_t own_out = own * (size_ - 1);
  const std::int64_t others = all - own;
  models::StageWork work{.vector_core_seconds = state.kernel.cores * spent.count()};
  if (state.kernel.task.operation != TensorOperation::AllGather) {
    work.sent_bytes += static_cast<double>(others);
    work.received_bytes += static_cast<double>(own_out);
    const Bytes piece = models::piece_of(state.kernel.task, place);
    work.memory_bytes +=
        static_cast<double>(models::reduction_operator(piece, state.kernel.task.members).traffic.count());
  }
  if (state.kernel.task.operation != TensorOperation::ReduceScatter) {
    work.sent_bytes += static_cast<double>(own_out);
    work.received_bytes += static_cast<double>(others);
  }
  return work;
}

void TensorExchange::finish(std::uint32_t rank, Picoseconds now)
{
  if (timeline_ != nullptr)
    timeline_->end({rank, place_.microbatch}, now);
  place_.listener.on_exchanged({place_.id, ranks_[rank].part, rank, now, Picoseconds(0)});
}

}  // namespace cm::workloads

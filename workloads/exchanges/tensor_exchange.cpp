#include "workloads/exchanges/tensor_exchange.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::workloads {

using models::TensorOperation;

namespace {

constexpr std::uint64_t RankBits = 20;

}  // namespace

TensorExchange::TensorExchange(std::uint32_t id, std::uint32_t ranks, std::uint32_t group_size,
                               const models::MachineSpec& machine, sim::streams::DataPlane& plane,
                               const models::EndpointEngines& engines, TensorExchangeListener& listener,
                               std::uint64_t notice_base)
    : id_(id), size_(group_size), machine_(machine), plane_(plane), engines_(engines), listener_(listener),
      notice_base_(notice_base), ranks_(ranks), opened_(ranks / group_size)
{
  ensure(group_size > 1 && ranks % group_size == 0, "{} ranks in groups of {}", ranks, group_size);
  for (auto& inbox : inboxes_)
    inbox = plane.fabric().add_inboxes(ranks);
}

std::uint64_t TensorExchange::notice(Step step, std::uint32_t parity, std::uint32_t rank) const
{
  return notice_base_ + ((static_cast<std::uint64_t>(step) << 1U | parity) << RankBits | rank);
}

// A member without rows still has its flag written.
std::int64_t TensorExchange::piece_bytes(const RankState& state, std::uint32_t member) const
{
  return std::max(models::piece_of(state.task, member), machine_.ub.control_packet).count();
}

void TensorExchange::start(std::uint32_t rank, const models::TensorTask& task, int cores)
{
  RankState& state = ranks_[rank];
  state.task = task;
  state.cores = cores;
  state.gathers = task.operation == TensorOperation::AllGather;
  plane_.remind(to_picoseconds(machine_.die.exchange.launch), notice(Step::Send, state.phase % 2, rank));
}

void TensorExchange::begin_phase(std::uint32_t rank)
{
  RankState& state = ranks_[rank];
  const std::uint32_t group = rank / size_;
  state.sent = false;
  if (opened_[group] == state.phase)
    open(group, state);
  send(rank);
}

// The first rank of a group that gets to a phase tells all inboxes what to wait for.
void TensorExchange::open(std::uint32_t group, const RankState& state)
{
  const std::uint32_t parity = state.phase % 2;
  std::int64_t all = 0;
  for (std::uint32_t member = 0; member < size_; ++member)
    all += piece_bytes(state, member);
  const std::uint32_t first = group * size_;
  // A flag follows its acknowledged data: one more way there after the way back.
  const std::int64_t flag_delay = 2 * plane_.fabric().path_latency_ps(first, first + size_ - 1);
  for (std::uint32_t member = 0; member < size_; ++member) {
    const std::int64_t own = piece_bytes(state, member);
    const std::int64_t bytes = state.gathers ? all - own : own * (size_ - 1);
    plane_.fabric().expect(inboxes_[parity] + first + member, static_cast<std::uint64_t>(bytes), flag_delay,
                           notice(Step::Received, parity, first + member));
  }
  ++opened_[group];
}

// Each rank starts at the one behind it: all in the same order would meet at one receiver.
void TensorExchange::send(std::uint32_t rank)
{
  const RankState& state = ranks_[rank];
  const std::uint32_t first = rank / size_ * size_;
  const std::uint32_t place = rank - first;
  const Seconds one_way = to_seconds(Picoseconds(plane_.fabric().path_latency_ps(first, first + size_ - 1)));
  const Seconds inside = to_seconds(Picoseconds(plane_.fabric().path_latency_ps(first, first)));
  const models::ExchangePlan plan =
      models::plan_combine(machine_.die, state.cores, state.task.row, (one_way - inside) * 2);
  sim::fabric::FlowSpec flow;
  flow.source = rank;
  flow.messages.reserve(size_ - 1);
  for (std::uint32_t step = 1; step < size_; ++step) {
    const std::uint32_t member = (place + step) % size_;
    const std::int64_t bytes = piece_bytes(state, state.gathers ? place : member);
    flow.messages.push_back({first + member, static_cast<std::uint32_t>(bytes)});
  }
  flow.engine = engines_.source(rank, false);
  flow.issue_rate = plan.issue_rate;
  flow.issuers = state.cores;
  flow.pause = to_picoseconds(plan.pause);
  flow.inbox = inboxes_[state.phase % 2];
  flow.fence_notice = notice(Step::Fenced, state.phase % 2, rank);
  plane_.start(std::move(flow));
}

void TensorExchange::on_notice(std::uint64_t number, Picoseconds now)
{
  const auto rank = static_cast<std::uint32_t>(number & ((1ULL << RankBits) - 1));
  RankState& state = ranks_[rank];
  switch (static_cast<Step>(number >> (RankBits + 1))) {
  case Step::Send: begin_phase(rank); break;
  case Step::Fenced:
    state.sent = true;
    end_phase_if_done(rank, now);
    break;
  case Step::Received:
    state.received[number >> RankBits & 1U] = true;
    end_phase_if_done(rank, now);
    break;
  case Step::Reduced:
    if (state.task.operation == TensorOperation::AllReduce) {
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
      models::reduction_operator(models::piece_of(state.task, rank % size_), state.task.members);
  plane_.start({.die = rank,
                .alone = to_picoseconds(models::operator_time(op, machine_.die, {0, state.cores})),
                .memory_traffic = op.traffic,
                .end_notice = notice(Step::Reduced, 0, rank)});
}

models::StageWork TensorExchange::work(std::uint32_t rank, Seconds spent) const
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
  models::StageWork work{.vector_core_seconds = state.cores * spent.count()};
  if (state.task.operation != TensorOperation::AllGather) {
    work.sent_bytes += static_cast<double>(others);
    work.received_bytes += static_cast<double>(own_out);
    const Bytes piece = models::piece_of(state.task, place);
    work.memory_bytes += static_cast<double>(models::reduction_operator(piece, state.task.members).traffic.count());
  }
  if (state.task.operation != TensorOperation::ReduceScatter) {
    work.sent_bytes += static_cast<double>(own_out);
    work.received_bytes += static_cast<double>(others);
  }
  return work;
}

void TensorExchange::finish(std::uint32_t rank, Picoseconds now)
{
  listener_.on_tensor_exchanged(id_, rank, now);
}

}  // namespace cm::workloads

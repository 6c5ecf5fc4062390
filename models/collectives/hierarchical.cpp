#include "models/collectives/hierarchical.h"

#include "sim/diagnostics/ensure.h"

namespace cm::models {
namespace {

class Hierarchy {
 public:
  explicit Hierarchy(const CollectiveQuestion& question)
      : question_(question), places_(question.ranks_per_group), groups_(question.ranks / question.ranks_per_group),
        plan_(question.ranks)
  {
  }

  // The neighbour in place j collects everything that goes to place j of any group.
  void exchange()
  {
    inside([&](std::uint32_t /*from*/, std::uint32_t to) {
      return sum_over_groups([&](std::uint32_t group) { return pair_bytes(question_, rank(group, place(to))); });
    });
    between([&](std::uint32_t /*from*/, std::uint32_t to) { return pair_bytes(question_, to) * places_; });
  }

  void gather()
  {
    between([&](std::uint32_t from, std::uint32_t /*to*/) { return share_of(question_, from); });
    inside([&](std::uint32_t from, std::uint32_t /*to*/) { return shares_of_place(place(from)); });
  }

  void reduce()
  {
    inside([&](std::uint32_t /*from*/, std::uint32_t to) { return shares_of_place(place(to)); });
    for (std::uint32_t each = 0; each < question_.ranks; ++each)
      if (places_ > 1)
        plan_.reduce(each, places_, shares_of_place(place(each)));
    between([&](std::uint32_t /*from*/, std::uint32_t to) { return share_of(question_, to); });
    for (std::uint32_t each = 0; each < question_.ranks; ++each)
      plan_.reduce(each, groups_, share_of(question_, each));
  }

  // To one rank of every group, and from there to the others.
  void broadcast()
  {
    plan_.next_step();
    for (std::uint32_t group = 1; group < groups_; ++group)
      plan_.send(0, rank(group, 0), question_.bytes);
    plan_.next_step();
    for (std::uint32_t group = 0; group < groups_; ++group)
      for (std::uint32_t place = 1; place < places_; ++place)
        plan_.send(rank(group, 0), rank(group, place), question_.bytes);
  }

  CollectivePlan take() && { return std::move(plan_).take(); }

 private:
  [[nodiscard]] std::uint32_t place(std::uint32_t rank) const { return rank % places_; }

  [[nodiscard]] std::uint32_t rank(std::uint32_t group, std::uint32_t place) const { return group * places_ + place; }

  template <typename Amount>
  [[nodiscard]] Bytes sum_over_groups(const Amount& amount) const
  {
    Bytes sum;
    for (std::uint32_t group = 0; group < groups_; ++group)
      sum += amount(group);
    return sum;
  }

  [[nodiscard]] Bytes shares_of_place(std::uint32_t place) const
  {
    return sum_over_groups([&](std::uint32_t group) { return share_of(question_, rank(group, place)); });
  }

  template <typename Amount>
  void inside(const Amount& amount)
  {
    plan_.next_step();
    for (std::uint32_t from = 0; from < question_.ranks; ++from)
      for (std::uint32_t distance = 1; distance < places_; ++distance) {
        const std::uint32_t to = rank(from / places_, (place(from) + distance) % places_);
        plan_.send(from, to, amount(from, to));
      }
  }

  template <typename Amount>
  void between(const Amount& amount)
  {
    plan_.next_step();
    for (std::uint32_t from = 0; from < question_.ranks; ++from)
      for (std::uint32_t distance = 1; distance < groups_; ++distance) {
        const std::uint32_t to = rank((from / places_ + distance) % groups_, place(from));
        plan_.send(from, to, amount(from, to));
      }
  }

  const CollectiveQuestion& question_;
  std::uint32_t places_;  // in a group
  std::uint32_t groups_;
  PlanWriter plan_;
};

}  // namespace

CollectivePlan plan_hierarchical(const CollectiveQuestion& question)
{
  ensure(question.ranks % question.ranks_per_group == 0 && question.ranks > question.ranks_per_group,
         "{} ranks do not fill groups of {}", question.ranks, question.ranks_per_group);
  Hierarchy plan(question);
  switch (question.operation) {
  case Operation::AllToAll: plan.exchange(); break;
  case Operation::AllGather: plan.gather(); break;
  case Operation::ReduceScatter: plan.reduce(); break;
  case Operation::AllReduce:
    plan.reduce();
    plan.gather();
    break;
  case Operation::Broadcast: plan.broadcast(); break;
  case Operation::Permutation:
  case Operation::Incast:
  case Operation::FanOut: ensure(false, "there is no hierarchical {}", row_of(question.operation).name);
  }
  return std::move(plan).take();
}

}  // namespace cm::models

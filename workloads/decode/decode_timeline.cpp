// Timeline of a decode run: a rank's operators on its two streams, and where they belong.
#include "workloads/decode/decode_run.h"

namespace cm::workloads {

void DecodeRun::show_on(RankTimeline& timeline)
{
  timeline_ = &timeline;
  for (int micro = 0; model_.has_experts() && micro < plan_.microbatches; ++micro)
    exchanges_[static_cast<std::size_t>(micro)]->show_on(timeline);
}

void DecodeRun::show_operator(std::uint32_t rank, int micro, Step step)
{
  const auto m = static_cast<std::size_t>(micro);
  const Microbatch& batch = ranks_[rank].microbatches[m];
  const Walker walker{rank, static_cast<std::uint32_t>(micro)};
  const bool is_of_layer = step == Step::Attention || step == Step::Gate || step == Step::Mlp || step == Step::DenseFfn;
  if (is_of_layer)
    timeline_->enter(walker, {{"layer", batch.layer}, {"microbatch", micro}, {"iteration", ranks_[rank].iteration}});
  else
    timeline_->enter(walker, {{"iteration", ranks_[rank].iteration}});
  switch (step) {
  case Step::Attention: {
    const std::string_view name = attention_[rank][m].names[batch.next_operator - 1];
    timeline_->begin(walker, AttentionStream, name, plane_.now());
    break;
  }
  case Step::Gate: timeline_->begin(walker, MoeStream, "gate", plane_.now()); break;
  case Step::Mlp: {
    timeline_->begin(walker, MoeStream, "experts", plane_.now());
    const std::uint32_t generation = batch.exchanges - 1;
    timeline_->use_rows(walker, MoeStream, generation, exchanges_[m]->traffic(generation), plane_.now());
    break;
  }
  case Step::DenseFfn: timeline_->begin(walker, MoeStream, "dense FFN", plane_.now()); break;
  case Step::Head: timeline_->begin(walker, AttentionStream, "head", plane_.now()); break;
  case Step::MtpProjection: timeline_->begin(walker, AttentionStream, "MTP projection", plane_.now()); break;
  case Step::StepOverhead: timeline_->begin(walker, AttentionStream, "step overhead", plane_.now()); break;
  }
}

}  // namespace cm::workloads

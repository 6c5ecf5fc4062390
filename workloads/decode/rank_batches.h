// Requests of every rank in one iteration of decode, drawn for its group, cut into microbatches.
#pragma once

#include "workloads/decode/attention_work.h"
#include "workloads/decode/decode_setup.h"

#include <array>
#include <cstdint>
#include <vector>

namespace cm::workloads {

class RankBatches {
 public:
  // Borrowed; `share` is what one die of a group has of the model.
  RankBatches(const DecodeSetup& setup, const models::ModelSpec& share);

  // All ranks of a group have the same batch, and dispatch a share of its tokens each. One stream per group and
  // iteration: the order in which ranks get there decides nothing.
  void draw(std::uint32_t rank, std::uint32_t iteration);

  // The same in every layer.
  [[nodiscard]] const AttentionWork& attention(std::uint32_t rank, std::uint32_t micro) const
  {
    return attention_[rank][micro];
  }
  // Query tokens of the group, of one microbatch and of all.
  [[nodiscard]] std::int64_t group_tokens(std::uint32_t rank, std::uint32_t micro) const
  {
    return attention_[rank][micro].batch.query_tokens;
  }
  [[nodiscard]] std::int64_t group_tokens(std::uint32_t rank) const;
  // [rank]: tokens that it dispatches.
  [[nodiscard]] const std::vector<std::uint32_t>& tokens(std::uint32_t micro) const { return tokens_[micro]; }

 private:
  DecodeSetup setup_;
  const models::ModelSpec& share_;
  std::vector<std::array<AttentionWork, 2>> attention_;
  std::array<std::vector<std::uint32_t>, 2> tokens_;
};

}  // namespace cm::workloads

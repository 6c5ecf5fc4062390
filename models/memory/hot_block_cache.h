// Copies of often-read blocks in the HBM of the die that reads them, under a budget. Blocks are immutable: a copy is
// dropped without being written back, and the fetch that brought a block is its migration.
//
// - lru: every block that is read comes in, the one read longest ago leaves.
// - frequency: a block comes in when it was read more often than the least-read copy.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace cm::models {

enum class Migration { None, Lru, Frequency };

struct MigrationName {
  Migration migration = Migration::None;
  std::string_view word;
  std::string_view sentence;
};

inline constexpr std::array<MigrationName, 3> MigrationTable{{
    {Migration::None, "none", "every read goes to the block's home"},
    {Migration::Lru, "lru", "the blocks read last"},
    {Migration::Frequency, "frequency", "the blocks read most often"},
}};

class HotBlockCache {
 public:
  // Room for `blocks` copies.
  HotBlockCache(Migration migration, std::uint64_t blocks) : migration_(migration), room_(blocks) {}

  // Whether a read finds a copy; counts the read.
  bool read(std::uint64_t block);
  // The block has been fetched: keeps a copy where the policy says so. Whether it did.
  bool offer(std::uint64_t block);

  [[nodiscard]] std::uint64_t copies() const { return by_rank_.size(); }

 private:
  struct Block {
    std::uint64_t reads = 0;
    std::uint64_t last = 0;
    bool is_copied = false;
  };
  using Rank = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;  // the smallest leaves first

  [[nodiscard]] Rank rank(std::uint64_t block, const Block& state) const
  {
    return {migration_ == Migration::Frequency ? state.reads : 0, state.last, block};
  }

  Migration migration_;
  std::uint64_t room_;
  std::uint64_t clock_ = 0;
  std::unordered_map<std::uint64_t, Block> known_;
  std::set<Rank> by_rank_;  // copies
};

}  // namespace cm::models

// Memories that hold the parts of a block, for every block of a global address space.
//
// Homes are UB endpoints (CPUs with pooled DRAM). The map is a function: equal inputs give equal places on every die,
// so no directory is needed. Layouts, in one table below:
// - hash: consistent hashing; a block lies on one home. When a home leaves, only its own blocks move. Published for the
//   pool of the machine (arXiv:2506.12708v2 4.4.1).
// - stripe: a block is cut into `width` equal parts on as many homes, spread over the nodes, from a hashed start.
// - local-first: a block lies in the node of the die that wrote it, on one of its homes; elsewhere by hash when the
//   node has none or its share of the blocks is used up.
// - by-head: part h of a block lies on the home of attention head h, the same one for all blocks.
#pragma once

#include "sim/units/quantity.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::models {

enum class Layout { Hash, Stripe, LocalFirst, ByHead };

struct LayoutName {
  Layout layout = Layout::Hash;
  std::string_view word;
  std::string_view sentence;
};

inline constexpr std::array<LayoutName, 4> LayoutTable{{
    {Layout::Hash, "hash", "one home a block, by consistent hashing"},
    {Layout::Stripe, "stripe", "equal parts on `stripe` homes from a hashed start"},
    {Layout::LocalFirst, "local-first", "in the node of the writer while it has room, else by hash"},
    {Layout::ByHead, "by-head", "one home for each attention head"},
}};

struct AddressMapSpec {
  Layout layout = Layout::Hash;
  std::vector<std::uint32_t> homes;           // endpoints, ascending, at least one
  std::vector<std::uint32_t> nodes_of_homes;  // [home]
  std::uint32_t stripe = 1;                   // 1 to number of homes
  std::uint32_t heads = 1;
  Bytes block;
  // local-first: blocks that the homes of one node have room for.
  std::uint64_t blocks_per_node = 0;
};

// Part of a block: `bytes` at `address` of an endpoint's memory.
struct Place {
  std::uint32_t endpoint = 0;
  std::uint64_t address = 0;
  Bytes bytes;

  friend bool operator==(const Place&, const Place&) = default;
};

class AddressMap {
 public:
  explicit AddressMap(AddressMapSpec spec);

  // Parts of a block in address order, together its size. `writer_node` matters to local-first alone; `number_there` is
  // how many blocks the node's dies wrote before this one.
  [[nodiscard]] std::vector<Place> places(std::uint64_t block, std::uint32_t writer_node = 0,
                                          std::uint64_t number_there = 0) const;

 private:
  [[nodiscard]] std::size_t home_by_hash(std::uint64_t block) const;
  [[nodiscard]] std::vector<Place> cut(std::uint64_t block, std::size_t first, std::uint32_t parts) const;
  [[nodiscard]] Place part(std::uint64_t block, std::size_t home, std::int64_t bytes) const;

  AddressMapSpec spec_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> ring_;  // (point, home), ascending
  std::vector<std::vector<std::uint32_t>> homes_of_node_;
  std::vector<std::uint32_t> spread_;  // homes ordered so that neighbours stand in different nodes
};

}  // namespace cm::models

// The context cache: keys and values of prompts in blocks, found by the hash of everything up to a block's end.
//
// Question: which leading blocks of a prompt are cached, and where? A block's key stands for its tokens and all before
// them, so equal prefixes have equal keys and are stored once. Consistent hashing gives a block its server, the CPU
// memory of a node (arXiv:2506.12708v2 4.4.1-4.4.2). Every server has two tiers, DRAM and a volume (EVS). All blocks
// are written to the volume too; DRAM is a cache of it; each tier drops what was used longest ago.
#pragma once

#include "models/kv_cache/lru_blocks.h"
#include "models/memory/address_map.h"

#include <cstdint>
#include <span>
#include <vector>

namespace cm::models {

struct ContextCacheSpec {
  std::vector<std::uint32_t> homes;  // endpoints of the servers, ascending, at least one
  std::vector<std::uint32_t> nodes_of_homes;
  Bytes block;
  std::uint64_t dram_blocks = 0;    // in one server
  std::uint64_t volume_blocks = 0;  // in one server; 0: no volume
};

class ContextCache {
 public:
  enum class Tier : std::uint8_t { Dram, Volume };

  // Where a block was found.
  struct Found {
    std::uint32_t home = 0;  // index into the homes of the spec
    Tier tier = Tier::Dram;
  };

  explicit ContextCache(const ContextCacheSpec& spec);

  // The leading blocks that are cached, up to the first that is not. They count as used; those of the volume move to
  // DRAM.
  std::vector<Found> look_up(std::span<const std::uint64_t> keys);
  // The number of leading blocks that are cached; nothing is used.
  [[nodiscard]] std::size_t count(std::span<const std::uint64_t> keys) const;

  // Stores what is not there yet. Returns the homes that the new blocks are written to, one entry a block.
  std::vector<std::uint32_t> store(std::span<const std::uint64_t> keys);

  // Blocks that were dropped from the last tier.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  [[nodiscard]] std::uint64_t dram_blocks() const;
  [[nodiscard]] std::uint64_t volume_blocks() const;
  // Throws SimulationError when a tier holds more than it has places.
  void check() const;

 private:
  struct Server {
    LruBlocks dram;
    LruBlocks volume;
  };

  [[nodiscard]] std::uint32_t home_of(std::uint64_t key) const;

  ContextCacheSpec spec_;
  AddressMap map_;
  std::vector<std::uint32_t> index_of_endpoint_;
  std::vector<Server> servers_;
  std::uint64_t dropped_ = 0;
};

}  // namespace cm::models

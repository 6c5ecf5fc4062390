// Parameters of a run on pooled memory: who reads and writes which blocks how often, where blocks lie, and what else a
// run shows beside it.
#pragma once

#include "models/memory/access_path.h"
#include "models/memory/address_map.h"
#include "models/memory/hot_block_cache.h"
#include "sim/config/reader.h"
#include "sim/config/unused_key.h"

#include <cstdint>
#include <vector>

namespace cm::workloads {

enum class Popularity { Uniform, Zipf, Trace };
enum class Pool { Dram, Hbm };
enum class DirectoryHome { Memory, Switch };

struct KvSpec {
  std::uint32_t readers = 1;  // dies, from die 0 on
  std::uint32_t writers = 0;  // the dies after them
  double write_share = 0;     // of the readers' accesses
  std::uint64_t blocks = 1;
  Bytes block;
  Pool pool = Pool::Dram;
  std::uint32_t homes = 1;  // CPUs (or dies) that hold the pool, spread over the machine's nodes
  models::Layout layout = models::Layout::Hash;
  std::uint32_t stripe = 1;
  std::uint32_t heads = 1;
  models::Lookup lookup = models::Lookup::Resolved;
  Popularity popularity = Popularity::Uniform;
  double zipf = 0;
  std::vector<std::uint64_t> trace;  // block numbers, taken in turn by all dies together
  int outstanding = 1;               // accesses that a die has under way
  int accesses = 1;                  // of each die
  models::Migration migration = models::Migration::None;
  Bytes migration_budget;  // per die

  // Shown beside the load.
  Bytes small;  // of the latency table
  bool compares_paths = false;
  std::vector<std::uint32_t> compared_readers;
  std::vector<std::uint32_t> compared_stripes;
  std::vector<double> compared_write_shares;

  // Coherence of shared lines, for the compared write shares.
  DirectoryHome directory = DirectoryHome::Memory;
  std::uint32_t sharers = 2;
  std::uint32_t lines = 1;
  int line_accesses = 1;  // of each sharer
};

KvSpec read_kv(sim::config::Reader& workload, const models::MachineSpec& machine);

// Keys that such a study has no use for.
std::vector<sim::config::UnusedKey> unused_keys(const KvSpec& spec, const models::MachineSpec& machine);

}  // namespace cm::workloads

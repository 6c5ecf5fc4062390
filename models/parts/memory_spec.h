// The memory of a machine beyond its dies and CPUs: channels, storage, address translation, and the pieces that other
// ways to a remote block are made of. As read from configs/parts/; times are without load.
#pragma once

#include "sim/config/reader.h"
#include "sim/units/quantity.h"

namespace cm::models {

// One small access to each device, from the register to the disk.
struct LatencyLadder {
  Seconds register_file;
  Seconds l1_cache;
  Seconds l2_cache;
  Seconds l3_cache;
  Seconds hbm;
  Seconds dram;
  Seconds other_socket_dram;
  Seconds cxl_memory;
  Seconds ssd;
  Seconds disk;

  friend bool operator==(const LatencyLadder&, const LatencyLadder&) = default;
};

struct ChannelSpec {
  int channels = 1;
  Bytes interleave;  // consecutive pieces of this size lie on consecutive channels

  friend bool operator==(const ChannelSpec&, const ChannelSpec&) = default;
};

struct StorageSpec {
  Bytes capacity;
  BytesPerSecond bandwidth;
  double usable = 1;  // share of the bandwidth that a load reaches
  Seconds software;   // per request, on the side of the reader or writer

  friend bool operator==(const StorageSpec&, const StorageSpec&) = default;
};

struct TranslationSpec {
  Bytes page;
  int entries = 0;  // in a die's translation cache
  Seconds hit;
  int levels = 0;   // reads of the die's HBM in a walk, one after the other
  int walkers = 1;  // walks at a time

  friend bool operator==(const TranslationSpec&, const TranslationSpec&) = default;
};

struct LookupSpec {
  Seconds software;
  Seconds switch_table;

  friend bool operator==(const LookupSpec&, const LookupSpec&) = default;
};

struct TransferSpec {
  Bytes chunk;     // a large block is requested in pieces of this size
  int window = 1;  // pieces of one block in flight
  int served = 1;  // pieces that an endpoint sends at a time; others wait in order

  friend bool operator==(const TransferSpec&, const TransferSpec&) = default;
};

struct CoherenceSpec {
  Bytes line;
  Seconds snoop;  // a cache answers an invalidation or gives up a line

  friend bool operator==(const CoherenceSpec&, const CoherenceSpec&) = default;
};

// A crossing: what enters waits its turn, takes bytes / bandwidth, and comes out a latency later.
struct SegmentSpec {
  Seconds latency;
  BytesPerSecond bandwidth;

  friend bool operator==(const SegmentSpec&, const SegmentSpec&) = default;
};

struct PathPartsSpec {
  Seconds rdma_post;
  Seconds rdma_completion;
  SegmentSpec pcie;
  SegmentSpec card;
  Seconds host_software;
  BytesPerSecond host_copy;
  Bytes host_buffer;
  Seconds device_copy_launch;
  SegmentSpec gpu_peer;
  BytesPerSecond cxl_bandwidth;

  friend bool operator==(const PathPartsSpec&, const PathPartsSpec&) = default;
};

struct MemorySpec {
  LatencyLadder ladder;
  ChannelSpec hbm;   // at a die
  ChannelSpec dram;  // at a CPU
  Seconds cross_die_access;
  StorageSpec ssd;           // a node's volume
  StorageSpec object_store;  // one bucket for the machine
  TranslationSpec translation;
  LookupSpec lookup;
  TransferSpec transfer;
  CoherenceSpec coherence;
  BytesPerSecond loader;  // weights into one NPU, parsing and conversion included
  PathPartsSpec paths;

  friend bool operator==(const MemorySpec&, const MemorySpec&) = default;
};

// Reads the map `machine.memory`: tiers, ladder, paths. finish() is called here.
MemorySpec read_memory(sim::config::Reader& memory);

}  // namespace cm::models

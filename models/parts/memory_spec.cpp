#include "models/parts/memory_spec.h"

namespace cm::models {
namespace {

using sim::config::Key;
using sim::config::Reader;

constexpr double LongestDevice = 1.0;             // seconds
constexpr double LongestCrossing = 1e-3;          // seconds
constexpr double SmallestCapacity = 1e6;          // bytes
constexpr double LargestCapacity = 1e18;          // bytes
constexpr double SlowestTransfer = 1e6;           // bytes per second
constexpr double FastestTransfer = 1e14;          // bytes per second
constexpr double LargestUnit = 1024 * 1048576.0;  // bytes

void read_latency(Reader& reader, std::string_view name, std::string_view sentence, Seconds& out)
{
  reader.required(Key{name, sentence, 0.0, LongestCrossing}, out);
}

void read_bandwidth(Reader& reader, std::string_view name, std::string_view sentence, BytesPerSecond& out)
{
  reader.required(Key{name, sentence, SlowestTransfer, FastestTransfer}, out);
}

LatencyLadder read_ladder(Reader ladder)
{
  LatencyLadder spec;
  const auto rung = [&](std::string_view name, std::string_view sentence, Seconds& out) {
    ladder.required(Key{name, sentence, 0.0, LongestDevice}, out);
  };
  rung("register", "a register of a core; for reference, no run uses it", spec.register_file);
  rung("l1_cache", "first-level cache; for reference, no run uses it", spec.l1_cache);
  rung("l2_cache", "second-level cache", spec.l2_cache);
  rung("l3_cache", "third-level cache; for reference, no run uses it", spec.l3_cache);
  rung("hbm", "HBM of the die itself", spec.hbm);
  rung("dram", "DRAM of the CPU socket itself", spec.dram);
  rung("other_socket_dram", "DRAM of another socket of the host; for reference, no run uses it",
       spec.other_socket_dram);
  rung("cxl_memory", "DRAM behind a CXL port", spec.cxl_memory);
  rung("ssd", "a flash device behind a network volume", spec.ssd);
  rung("disk", "a disk, or the first byte of an object", spec.disk);
  ladder.finish();
  return spec;
}

ChannelSpec read_channels(Reader channels)
{
  ChannelSpec spec;
  channels.required({"channels", "independent channels of the memory", 1, 1024}, spec.channels);
  channels.required({"interleave", "consecutive pieces of this size lie on consecutive channels", 64.0, LargestUnit},
                    spec.interleave);
  channels.finish();
  return spec;
}

StorageSpec read_storage(Reader storage, bool has_usable)
{
  StorageSpec spec;
  storage.required({"capacity", "size", SmallestCapacity, LargestCapacity}, spec.capacity);
  read_bandwidth(storage, "bandwidth", "of all readers together", spec.bandwidth);
  if (has_usable)
    storage.required_fraction({"usable", "share of the bandwidth that a load reaches", 0.01, 1.0}, spec.usable);
  read_latency(storage, "software", "per request, on the side that asks", spec.software);
  storage.finish();
  return spec;
}

TranslationSpec read_translation(Reader translation)
{
  TranslationSpec spec;
  translation.required({"page", "memory that one entry of the table covers", 4096.0, LargestUnit}, spec.page);
  translation.required({"entries", "pages that a die's translation cache holds; 0 for no cache", 0, 1 << 24},
                       spec.entries);
  read_latency(translation, "hit", "a look-up in the translation cache", spec.hit);
  translation.required({"levels", "reads of the die's HBM that a walk makes, one after the other", 1, 8}, spec.levels);
  translation.required({"walkers", "walks that a die makes at a time", 1, 1024}, spec.walkers);
  translation.finish();
  return spec;
}

void read_tiers(Reader tiers, MemorySpec& spec)
{
  spec.hbm = read_channels(tiers.section({"hbm", "channels of a die's HBM"}));
  spec.dram = read_channels(tiers.section({"dram", "channels of a CPU's DRAM"}));
  Reader cross_die = tiers.section({"cross_die", "HBM of the other die of an NPU"});
  read_latency(cross_die, "access", "a small read of the other die's HBM", spec.cross_die_access);
  cross_die.finish();
  spec.ssd = read_storage(tiers.section({"ssd", "a node's volume behind the VPC plane"}), false);
  spec.object_store = read_storage(tiers.section({"object_store", "one bucket for the whole machine"}), true);
  spec.translation = read_translation(tiers.section({"translation", "how a virtual address becomes a place"}));
  Reader lookup = tiers.section({"lookup", "how a block becomes an address"});
  read_latency(lookup, "software", "hash and look-up in the client", spec.lookup.software);
  read_latency(lookup, "switch_table", "a table in a switch chip", spec.lookup.switch_table);
  lookup.finish();
  Reader transfer = tiers.section({"transfer", "how a large block is asked for"});
  transfer.required({"chunk", "size of one piece", 512.0, LargestUnit}, spec.transfer.chunk);
  transfer.required({"window", "pieces of a block in flight", 1, 4096}, spec.transfer.window);
  transfer.required({"served", "pieces that an endpoint sends at a time; others wait in order", 1, 4096},
                    spec.transfer.served);
  transfer.finish();
  Reader coherence = tiers.section({"coherence", "hardware coherence of shared lines, off by default"});
  coherence.required({"line", "unit of sharing", 16.0, 4096.0}, spec.coherence.line);
  read_latency(coherence, "snoop", "a cache answers an invalidation or gives up a line", spec.coherence.snoop);
  coherence.finish();
  Reader loader = tiers.section({"loader", "weights from memory into an NPU"});
  read_bandwidth(loader, "rate", "one NPU, parsing and conversion included", spec.loader);
  loader.finish();
  tiers.finish();
}

SegmentSpec read_segment(Reader segment)
{
  SegmentSpec spec;
  read_latency(segment, "latency", "one crossing", spec.latency);
  read_bandwidth(segment, "bandwidth", "one way", spec.bandwidth);
  segment.finish();
  return spec;
}

PathPartsSpec read_paths(Reader paths)
{
  PathPartsSpec spec;
  Reader rdma = paths.section({"rdma", "verbs on a network card"});
  read_latency(rdma, "post", "work request to the card", spec.rdma_post);
  read_latency(rdma, "completion", "completion back to the program", spec.rdma_completion);
  rdma.finish();
  spec.pcie = read_segment(paths.section({"pcie", "between a device and its host"}));
  spec.card = read_segment(paths.section({"card", "network cards of a conventional cluster"}));
  Reader host = paths.section({"host", "a host that moves data itself"});
  read_latency(host, "software", "per bounce buffer", spec.host_software);
  read_bandwidth(host, "copy", "memory copy", spec.host_copy);
  host.required({"buffer", "size of a bounce buffer", 512.0, LargestUnit}, spec.host_buffer);
  host.finish();
  Reader copy = paths.section({"device_copy", "a copy that the host issues to a device"});
  read_latency(copy, "launch", "from the call to the data", spec.device_copy_launch);
  copy.finish();
  spec.gpu_peer = read_segment(paths.section({"gpu_peer", "load and store between GPUs of a host"}));
  Reader cxl = paths.section({"cxl", "memory behind a CXL port"});
  read_bandwidth(cxl, "bandwidth", "one way", spec.cxl_bandwidth);
  cxl.finish();
  paths.finish();
  return spec;
}

}  // namespace

MemorySpec read_memory(Reader& memory)
{
  MemorySpec spec;
  read_tiers(memory.section({"tiers", "memories, storage, translation"}), spec);
  spec.ladder = read_ladder(memory.section({"ladder", "latency of each device, from the register to the disk"}));
  spec.paths = read_paths(memory.section({"paths", "parts that other ways to a block are made of"}));
  memory.finish();
  return spec;
}

}  // namespace cm::models

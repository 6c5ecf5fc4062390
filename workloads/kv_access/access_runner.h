// Runs accesses to memory: each is a plan of steps (models/memory/access_path.h) for every chunk of a block, with a
// window of chunks under way. Steps are packets on the fabric, servers beside it, translations and waits.
//
// The latency of an access is taken apart along its critical path: the strand of chunks that ended last. Every
// picosecond of it belongs to one step, and every step to one share.
#pragma once

#include "models/memory/access_path.h"
#include "models/memory/address_map.h"
#include "models/memory/translation.h"
#include "sim/streams/timed_resources.h"

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace cm::workloads {

struct AccessTimes {
  Picoseconds total;
  std::array<Picoseconds, models::Shares> shares;  // by models::Share; together the total
};

class AccessListener {
 public:
  virtual ~AccessListener() = default;

  virtual void on_access(std::uint64_t tag, const AccessTimes& times) = 0;
};

struct AccessRequest {
  std::uint32_t die = 0;
  std::vector<models::Place> places;  // at least one
  // How each place is reached, borrowed until the access has ended; `before` and `after` are the first one's.
  std::vector<const models::AccessPath*> paths;
  std::uint64_t tag = 0;
};

// Load on the ends of the fabric, in time: who was busy for how long.
struct EndpointLoad {
  std::vector<Picoseconds> die_reads;  // [die]: its read engine
  std::vector<Picoseconds> die_writes;
  std::vector<Picoseconds> cpu_reads;  // [cpu]: serving readers
  std::vector<Picoseconds> cpu_writes;
};

class AccessRunner final : public sim::streams::NoticeOwner {
 public:
  // Machine, data plane and engines are borrowed. The machine has memory.
  AccessRunner(const models::MachineSpec& machine, sim::streams::DataPlane& plane,
               const models::EndpointEngines& engines);

  void start(AccessRequest request);
  // Who is told when an access has ended; it may start another one then.
  void tell(AccessListener& listener) { listener_ = &listener; }
  void on_notice(const sim::streams::Notice& notice, Picoseconds now) override;

  [[nodiscard]] sim::streams::TimedResources& resources() { return resources_; }
  [[nodiscard]] const EndpointLoad& load() const { return load_; }
  void forget_load();
  [[nodiscard]] std::uint64_t translation_misses() const;

 private:
  enum class Phase : std::uint8_t { Before, Each, After };
  enum class Event : std::uint8_t { StepEnded };
  using Shares = std::array<Picoseconds, models::Shares>;

  struct Chunk {
    std::size_t place = 0;
    std::uint64_t address = 0;
    Bytes bytes;
  };

  struct Strand {
    std::uint32_t access = 0;
    Phase phase = Phase::Before;
    std::size_t step = 0;
    Chunk chunk;
    Picoseconds since;  // start of the running step
    Shares shares;
    sim::fabric::InboxIndex inbox = 0;
  };

  struct Access {
    AccessRequest request;
    Picoseconds start;
    std::vector<Bytes> taken;  // [place]: bytes that chunks were cut from so far
    std::size_t next_place = 0;
    std::uint32_t running = 0;  // strands
  };

  std::uint32_t new_strand(std::uint32_t access, Phase phase, const Shares& shares);
  [[nodiscard]] const std::vector<models::Step>& steps(const Strand& strand) const;
  void run_step(std::uint32_t strand);
  void begin_chunks(std::uint32_t strand);
  bool take_chunk(Strand& strand);
  void end_phase(std::uint32_t strand);
  void end_access(std::uint32_t strand);
  [[nodiscard]] std::uint64_t end_of_step(std::uint32_t strand) const { return notices_(Event::StepEnded, strand); }
  [[nodiscard]] std::uint32_t endpoint(const Strand& strand, models::Endpoint at) const;
  [[nodiscard]] Picoseconds serve(const Strand& strand, const models::Step& step);
  void send_request(std::uint32_t strand, std::uint32_t to);
  void send_data(std::uint32_t strand, const models::Step& step);
  void begin_fetch(std::uint32_t strand, const models::Step& step);
  void end_fetch(std::uint32_t source);
  void note_load(const Strand& strand, const models::Step& step, std::uint32_t die, std::uint32_t other);

  const models::MachineSpec& machine_;
  sim::streams::DataPlane& plane_;
  const models::EndpointEngines& engines_;
  sim::streams::NoticeRange notices_;  // member: strand
  AccessListener* listener_ = nullptr;
  sim::streams::TimedResources resources_;
  std::vector<models::StationSpec::Owner> owners_;  // [station]
  std::vector<models::Translation> translations_;   // [die]
  std::deque<Strand> strands_;
  std::vector<std::uint32_t> free_strands_;
  std::deque<Access> accesses_;
  std::vector<std::uint32_t> free_accesses_;
  // An endpoint serves so many fetches at a time (machine.memory.tiers.transfer.served); others wait in order.
  struct Source {
    int serving = 0;
    std::deque<std::uint32_t> waiting;  // strands
  };
  std::vector<Source> sources_;  // [endpoint]
  EndpointLoad load_;
};

}  // namespace cm::workloads

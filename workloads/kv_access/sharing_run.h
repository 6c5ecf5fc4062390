// Dies that read and write the same lines of pooled memory, each one access at a time. Either caches are kept coherent
// by a directory (models/memory/mesi_directory.h), or blocks are immutable: what was read once stays valid, and a write
// makes a new block in its home.
//
//   hit                 translation + cache
//   miss                request to the home - directory - [invalidations there and back] - data from memory or owner
//   write to a new block  data to the home and acknowledgement
//
// All messages are packets. The directory works on one transaction of a line at a time; others wait, and of those the
// ones from the home's node come first.
#pragma once

#include "models/memory/mesi_directory.h"
#include "sim/metrics/histogram.h"
#include "sim/random/random_stream.h"
#include "workloads/kv_access/kv_spec.h"

#include <deque>
#include <vector>

namespace cm::workloads {

struct SharingSetup {
  bool is_coherent = true;
  DirectoryHome directory = DirectoryHome::Memory;
  std::uint32_t sharers = 1;
  std::uint32_t lines = 1;
  int accesses = 1;
  double write_share = 0;
};

struct SharingResult {
  sim::metrics::Histogram reads{"us"};
  sim::metrics::Histogram writes{"us"};
  std::uint64_t requests = 0;   // that reached a directory
  std::uint64_t conflicts = 0;  // of them: found another transaction of the line under way
  std::uint64_t invalidations = 0;
  std::uint64_t messages = 0;

  [[nodiscard]] std::uint64_t accesses() const { return reads.count() + writes.count(); }
};

class SharingRun final : public sim::streams::NoticeOwner {
 public:
  // All borrowed. Raises `done` at the end of the last access.
  SharingRun(const SharingSetup& setup, const models::MachineSpec& machine, sim::streams::DataPlane& plane,
             std::uint64_t seed, sim::streams::Signal done);

  void start();
  void on_notice(const sim::streams::Notice& notice, Picoseconds now) override;

  [[nodiscard]] const SharingResult& result() const { return result_; }

 private:
  enum class Event : std::uint8_t { Issued, Arrived, LookedUp, Invalidated, Snooped, Acknowledged, MemoryRead, Done };

  struct Sharer {
    int left = 0;
    std::uint32_t line = 0;
    bool is_write = false;
    Picoseconds start;
    models::MesiTransaction transaction;
    std::size_t acknowledgements = 0;  // still to come
    bool has_line = false;             // its transaction is the one that the directory works on
    sim::RandomStream draws;
  };

  struct Line {
    bool is_busy = false;
    std::deque<std::uint32_t> waiting;  // sharers
  };

  void next_access(std::uint32_t sharer);
  void issue(std::uint32_t sharer);
  void arrive(std::uint32_t sharer);
  void begin(std::uint32_t sharer);
  void look_up(std::uint32_t sharer);
  void supply(std::uint32_t sharer);
  void snooped(std::uint32_t sharer, std::uint32_t other);
  void finish(std::uint32_t sharer);
  void release(std::uint32_t line);
  [[nodiscard]] std::uint32_t home(std::uint32_t line) const;
  void send(std::uint32_t from, std::uint32_t to, bool with_line, std::uint32_t inbox, std::uint64_t notice);
  void write_back(std::uint32_t from, std::uint32_t line);
  // Inboxes: one for what reaches the home first, one for what ends the access, one for each other sharer's part.
  [[nodiscard]] std::uint32_t inbox_of(std::uint32_t sharer, std::uint32_t part) const;

  SharingSetup setup_;
  const models::MachineSpec& machine_;
  sim::streams::DataPlane& plane_;
  sim::streams::NoticeRange notices_;  // member: sharer, detail: the other sharer of the event
  sim::streams::Signal done_;
  models::MesiDirectory directory_;
  std::vector<std::vector<bool>> has_read_;  // [sharer][line]: immutable blocks
  std::vector<Sharer> sharers_;
  std::vector<Line> lines_;
  sim::fabric::InboxIndex inboxes_ = 0;
  std::uint32_t active_ = 0;
  SharingResult result_;
};

}  // namespace cm::workloads

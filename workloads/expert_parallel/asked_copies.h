// Copies of experts as a workload's keys ask for them: a number, or auto (models/experts/copy_choice.h says what that
// takes).
#pragma once

#include "models/experts/copy_choice.h"
#include "sim/config/reader.h"
#include "sim/metrics/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cm::workloads {

struct AskedNumber {
  std::optional<std::uint32_t> number;  // empty: auto
  bool every_rank = false;              // outside of the slots; the number is 0 then
};

struct AskedCopies {
  AskedNumber redundant;
  AskedNumber shared;

  [[nodiscard]] bool is_auto() const { return !redundant.number || !shared.number; }
};

// A number from 0 to 65536, or auto. 0 when it is missing or wrong; what is wrong is complained about, and a required
// key that is missing.
AskedNumber read_redundant(sim::config::Reader& keys, bool is_required = true);
// The same for shared_copies, which may also be every-rank.
AskedNumber read_shared_copies(sim::config::Reader& experts);

// Whether the key `experts` is a word instead of a map: auto, or one that is complained about.
bool is_auto_experts(sim::config::Reader& workload);

// Numbers that were auto: "experts: auto took 32 redundant and 32 shared copies for 320 ranks". Empty without any.
std::string copies_note(const AskedCopies& asked, const models::CopyNumbers& taken, std::uint32_t ranks);

// The note, and the copies of the whole deployment as metrics; a shared expert on every rank has as many as there are
// ranks. Nothing for an empty note.
void report_copies(const std::string& note, const models::CopyNumbers& copies, sim::metrics::Result& result);

// For a deployment whose slots do not divide: "for 300 ranks: workload.experts=auto, which takes 10 redundant and 34
// shared copies, or redundant: 12; ". `setting`: "workload.experts=auto".
std::string copies_offer(const std::string& setting, const models::SlotSpec& slots,
                         const models::CopyNumbers& automatic);

// Complains about copies that do not go with `key`, where the user can change it: at the number of copies (redundant,
// experts.redundant or experts.shared_copies) that the command line gives when it does not give `key`, else at `key`.
void complain_of_copies(sim::config::Reader& workload, std::string_view key, const std::string& message);

}  // namespace cm::workloads

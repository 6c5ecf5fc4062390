#include "sim/fabric/receivers.h"

#include "sim/diagnostics/ensure.h"

namespace cm::sim::fabric {

InboxIndex Receivers::add_inboxes(std::uint32_t count)
{
  const auto first = static_cast<InboxIndex>(inboxes_.size());
  inboxes_.resize(inboxes_.size() + count);
  return first;
}

void Receivers::expect(InboxIndex inbox, std::uint64_t bytes, std::int64_t delay_ps, std::uint64_t notice)
{
  ensure(inboxes_.at(inbox).remaining == 0, "inbox {} still waits for {} bytes", inbox, inboxes_[inbox].remaining);
  inboxes_[inbox] = {bytes, delay_ps, 0, notice};
}

}  // namespace cm::sim::fabric

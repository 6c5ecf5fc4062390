#include "sim/fabric/switched/lane_queues.h"

namespace cm::sim::fabric {

void LaneQueues::push(PortIndex port, std::uint32_t lane, PacketIndex index, PacketStore& packets)
{
  SwitchedPacket& packet = packets[index];
  packet.next = NoIndex;
  Queue& queue = at(port, lane);
  if (queue.head == NoIndex)
    queue.head = index;
  else
    packets[queue.tail].next = index;
  queue.tail = index;
  queue.bytes += packet.bytes;
  Load& load = loads_[port];
  load.work += packet.work;
  load.bytes += packet.bytes;
  ++load.packets;
}

PacketIndex LaneQueues::pop(PortIndex port, std::uint32_t lane, PacketStore& packets)
{
  Queue& queue = at(port, lane);
  const PacketIndex index = queue.head;
  const SwitchedPacket& packet = packets[index];
  queue.head = packet.next;
  queue.bytes -= packet.bytes;
  Load& load = loads_[port];
  load.work -= packet.work;
  load.bytes -= packet.bytes;
  --load.packets;
  return index;
}

}  // namespace cm::sim::fabric

// Routers of prefilled requests to decode instances, in one table. A further one is a rule and a row in
// decode_routers.cpp: the key's words, its documents and the choice itself come from there.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cm::workloads {

// Requests that a decode instance has: those that wait for room, whose keys and values are on their way, and that run.
struct DecodeLoad {
  std::int64_t requests = 0;
  std::int64_t tokens = 0;  // of their prompts and answers

  friend bool operator==(const DecodeLoad&, const DecodeLoad&) = default;
};

struct DecodeQuestion {
  std::span<const DecodeLoad> loads;  // [instance], at least one
  std::uint64_t routed = 0;           // requests before this one
};

struct DecodeRouter {
  std::string_view name;
  std::string_view sentence;  // for whoever chooses one
  // The instance that takes the request.
  std::uint32_t (*choose)(const DecodeQuestion& question) = nullptr;
};

std::span<const DecodeRouter> decode_routers();
// Null when there is none of the name.
const DecodeRouter* find_decode_router(std::string_view name);

}  // namespace cm::workloads

// SimGrid's settings, all of them here. Its defaults are a TCP model: latency times 13, cross-traffic, a window cap.
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace cm::sim::engine {

inline constexpr std::array<std::pair<std::string_view, std::string_view>, 5> EngineSettings{{
    {"network/model", "CM02"},      // plain flows: bytes over the max-min share of bandwidth, plus latency
    {"network/TCP-gamma", "0"},     // no window cap
    {"network/crosstraffic", "0"},  // the reverse direction is free
    {"surf/precision", "1e-12"},    // events 1 ns apart stay apart
    {"maxmin/precision", "1e-5"},
}};

}  // namespace cm::sim::engine

// Relative loads of the 256 routed experts of DeepSeek-R1 in decode, hottest first: (place as a share of the experts,
// load over the mean). Source: SGLang expert-balancing guide, per-expert counts, mean over 58 layers.
#pragma once

#include "models/experts/load_profile.h"

#include <utility>
#include <vector>

namespace cm::tests {

inline models::LoadProfile measured_load()
{
  std::vector<std::pair<double, double>> points{{0, 5.564},  {1, 4.863},  {3, 4.123},   {7, 3.254},   {15, 2.313},
                                                {31, 1.632}, {63, 1.139}, {127, 0.778}, {191, 0.555}, {255, 0.178}};
  for (auto& point : points)
    point.first /= 255;
  return {.points = std::move(points)};
}

}  // namespace cm::tests

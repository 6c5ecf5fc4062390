// An index with a type: a die is not a rank.
#pragma once

#include <compare>
#include <cstdint>

namespace cm {

template <typename Tag>
class StrongId {
 public:
  constexpr StrongId() = default;
  constexpr explicit StrongId(std::uint32_t index) : index_(index) {}

  [[nodiscard]] constexpr std::uint32_t index() const { return index_; }
  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;

 private:
  std::uint32_t index_ = 0;
};

}  // namespace cm

// Vectors of the hot path on large pages. Their entries are visited in random order; with 4 KiB pages the translation
// misses alone cost a tenth to a quarter of the fabric's speed (docs/decisions/0010-large-pages.md).
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <sys/mman.h>
#include <vector>

namespace cm::sim::calendar {

template <typename T>
struct LargePageAllocator {
  using value_type = T;

  LargePageAllocator() = default;
  template <typename U>
  // NOLINTNEXTLINE(google-explicit-constructor): containers rebind allocators implicitly.
  LargePageAllocator(const LargePageAllocator<U>& /*other*/)
  {
  }

  T* allocate(std::size_t count)
  {
    constexpr std::size_t LargePage = std::size_t{1} << 21U;
    const std::size_t size = (count * sizeof(T) + LargePage - 1) / LargePage * LargePage;
    void* memory = std::aligned_alloc(LargePage, size);
    if (memory == nullptr)
      throw std::bad_alloc();
    // A request: where the kernel refuses, small pages do as well, only slower.
    static_cast<void>(madvise(memory, size, MADV_HUGEPAGE));
    return static_cast<T*>(memory);
  }

  void deallocate(T* memory, std::size_t /*count*/) { std::free(memory); }

  template <typename U>
  bool operator==(const LargePageAllocator<U>& /*other*/) const
  {
    return true;
  }
};

template <typename T>
using LargePageVector = std::vector<T, LargePageAllocator<T>>;

}  // namespace cm::sim::calendar

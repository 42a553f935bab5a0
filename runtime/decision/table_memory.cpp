#include "runtime/decision/table_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace aipol::decision {

namespace {

constexpr size_t line = 64;
constexpr size_t first_chunk = size_t{1} << 14;
constexpr size_t large_page = size_t{1} << 21;

size_t rounded(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

}  // namespace

// Chunks grow, so that there are few, and that little of the newest is left over.
uint64_t* TableMemory::words(size_t count) {
  size_t bytes = std::max(line, rounded(count * sizeof(uint64_t), line));
  if (bytes > left_) {
    size_ = std::clamp(size_ * 2, first_chunk, large_page);
    size_ = std::max(size_, bytes);
    size_t alignment = size_ >= large_page / 2 ? large_page : line;
    size_ = rounded(size_, alignment);
    auto* chunk = static_cast<std::byte*>(std::aligned_alloc(alignment, size_));
    if (chunk == nullptr) throw std::bad_alloc();
    chunks_.emplace_back(chunk);
    // Advice: where it is not taken, pages are small.
    if (alignment == large_page) madvise(chunk, size_, MADV_HUGEPAGE);
    std::memset(chunk, 0, size_);
    next_ = chunk;
    left_ = size_;
  }
  auto* result = reinterpret_cast<uint64_t*>(next_);
  next_ += bytes;
  left_ -= bytes;
  return result;
}

}  // namespace aipol::decision

#include "runtime/abi/scratch.h"

#include <algorithm>

namespace {

constexpr size_t first_chunk = 4096;
constexpr size_t alignment = 8;

}  // namespace

std::byte* AipolScratch::allocate(size_t bytes) {
  auto address = reinterpret_cast<uintptr_t>(next_);
  size_t padding = (alignment - address % alignment) % alignment;
  if (static_cast<size_t>(limit_ - next_) < padding + bytes || next_ == nullptr)
    return start_chunk(bytes);
  std::byte* result = next_ + padding;
  next_ = result + bytes;
  return result;
}

std::byte* AipolScratch::start_chunk(size_t bytes) {
  size_t size = std::max({bytes, first_chunk, chunks_.empty() ? 0 : chunks_.back().size * 2});
  chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
  std::byte* result = chunks_.back().bytes.get();
  next_ = result + bytes;
  limit_ = result + size;
  return result;
}

bool AipolScratch::extend(const void* end, size_t bytes) {
  if (end != next_ || next_ == nullptr || static_cast<size_t>(limit_ - next_) < bytes) return false;
  next_ += bytes;
  return true;
}

void AipolScratch::reset() {
  if (chunks_.empty()) return;
  auto largest = std::ranges::max_element(chunks_, {}, &Chunk::size);
  std::swap(*largest, chunks_.front());
  chunks_.resize(1);
  next_ = chunks_.front().bytes.get();
  limit_ = next_ + chunks_.front().size;
}

void* aipol_scratch_allocate(AipolScratch* scratch, uint64_t bytes) {
  return scratch->allocate(bytes);
}

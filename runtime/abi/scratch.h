// The memory behind AipolScratch: bump allocation in chunks that grow. One scratch serves one
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/abi/cell.h"

struct AipolScratch {
 public:
  AipolScratch() = default;
  AipolScratch(AipolScratch&&) = default;
  AipolScratch& operator=(AipolScratch&&) = default;

  // Aligned to 8; valid until reset.
  std::byte* allocate(size_t bytes);
  // Room for `bytes` more directly behind `end`, where that is the end of the newest allocation and
  // its chunk has room.
  bool extend(const void* end, size_t bytes);
  // Forgets all allocations, keeps the memory of the largest chunk.
  void reset();

 private:
  std::byte* start_chunk(size_t bytes);

  struct Chunk {
    std::unique_ptr<std::byte[]> bytes;
    size_t size = 0;
  };
  std::vector<Chunk> chunks_;
  std::byte* next_ = nullptr;
  std::byte* limit_ = nullptr;
};

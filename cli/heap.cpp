#include "cli/heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace aipol::cli {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

void prepare_heap() {}

#else

// A block is taken and given back at once: its addresses stay the heap's, and what is first written there takes a large
// page. Nothing is written here, so it costs no memory.
void prepare_heap() {
  constexpr size_t ahead = size_t{256} << 20, page = size_t{2} << 20;
  ::mallopt(M_MXFAST, 0);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  ::mallopt(M_TOP_PAD, 16 << 20);
  ::mallopt(M_MMAP_MAX, 0);  // a block of this size would not come from the heap
  void* block = std::malloc(ahead);
  ::mallopt(M_MMAP_MAX, 1 << 16);
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  if (block == nullptr) return;
  auto first = (reinterpret_cast<uintptr_t>(block) + page - 1) & ~(page - 1);
  auto last = (reinterpret_cast<uintptr_t>(block) + ahead) & ~(page - 1);
  ::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
  std::free(block);
}

#endif

}  // namespace aipol::cli

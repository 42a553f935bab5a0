// Memory for the tables of a stage: made once, freed as a whole, close together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace aipol::decision {

class TableMemory {
 public:
  // Zeros, from the beginning of a line of the processor's caches. What is large lies in large
  // pages where the system has them: a look-up in a table of megabytes costs as much for finding
  // the page as for reading it.
  uint64_t* words(size_t count);

 private:
  struct Free {
    void operator()(std::byte* chunk) const { std::free(chunk); }
  };
  std::vector<std::unique_ptr<std::byte, Free>> chunks_;
  std::byte* next_ = nullptr;
  size_t left_ = 0, size_ = 0;  // bytes, of the newest chunk
};

}  // namespace aipol::decision

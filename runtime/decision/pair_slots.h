// A table of pairs in which each pair can be in one slot only, so that a look-up has no loop: a
// displacement for each bucket of pairs, searched for when the table is made, keeps them apart.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace aipol::decision {

class PairSlots {
 public:
  using Pair = std::pair<uint32_t, uint32_t>;

  PairSlots() : displacements_(1) {}
  // Each pair once.
  explicit PairSlots(const std::vector<Pair>& pairs);

  // Less than the number of slots, a power of two; another one for each of the pairs.
  uint64_t slot(uint32_t first, uint32_t second) const;
  uint64_t mask() const { return mask_; }
  std::vector<uint32_t> take_displacements() { return std::move(displacements_); }

 private:
  bool place(const std::vector<uint64_t>& hashes);

  std::vector<uint32_t> displacements_;  // by bucket, a power of two of them
  uint64_t mask_ = 0;
};

}  // namespace aipol::decision

#include "runtime/decision/pair_slots.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <span>

#include "runtime/abi/decision.h"

namespace aipol::decision {

namespace {

// Different for different pairs: an odd factor and the shift each undo.
uint64_t hash_of(uint32_t first, uint32_t second) {
  uint64_t hash = (uint64_t{first} << 32 | second) * AIPOL_PAIR_A;
  return hash ^ hash >> 32;
}

uint64_t slot_of(uint64_t hash, uint64_t displacement, uint64_t mask) {
  return ((hash ^ displacement) * AIPOL_PAIR_B) >> 32 & mask;
}

// Hashes by bucket, the fullest first: they are the hardest to place.
std::vector<std::span<const uint64_t>> buckets_of(std::vector<uint64_t>& hashes, uint64_t mask) {
  std::ranges::sort(hashes, {}, [mask](uint64_t hash) { return std::pair(hash & mask, hash); });
  std::vector<std::span<const uint64_t>> buckets;
  for (size_t first = 0, last = 0; first < hashes.size(); first = last) {
    while (last < hashes.size() && (hashes[last] & mask) == (hashes[first] & mask)) ++last;
    buckets.push_back(std::span(hashes).subspan(first, last - first));
  }
  std::ranges::stable_sort(buckets, std::ranges::greater{},
                           [](auto bucket) { return bucket.size(); });
  return buckets;
}

// Takes the slots of a bucket, where all of them are free.
bool take(std::span<const uint64_t> bucket, uint64_t displacement, uint64_t mask,
          std::vector<bool>& taken) {
  for (size_t i = 0; i < bucket.size(); ++i) {
    uint64_t slot = slot_of(bucket[i], displacement, mask);
    if (!taken[slot]) {
      taken[slot] = true;
      continue;
    }
    while (i-- > 0) taken[slot_of(bucket[i], displacement, mask)] = false;
    return false;
  }
  return true;
}

}  // namespace

// More slots where that fails, so that it comes to an end.
PairSlots::PairSlots(const std::vector<Pair>& pairs) {
  std::vector<uint64_t> hashes;
  hashes.reserve(pairs.size());
  for (auto [first, second] : pairs) hashes.push_back(hash_of(first, second));
  displacements_.resize(std::bit_ceil(pairs.size() / 3 + 1));
  mask_ = std::bit_ceil(pairs.size() + pairs.size() / 4 + 1) - 1;
  while (!place(hashes)) {
    mask_ = mask_ * 2 + 1;
    std::ranges::fill(displacements_, 0);
  }
}

bool PairSlots::place(const std::vector<uint64_t>& hashes) {
  constexpr uint32_t most_tries = 1 << 16;
  std::vector<uint64_t> sorted = hashes;
  std::vector<bool> taken(mask_ + 1);
  uint64_t buckets = displacements_.size() - 1;
  for (std::span<const uint64_t> bucket : buckets_of(sorted, buckets)) {
    uint32_t displacement = 0;
    while (displacement < most_tries && !take(bucket, displacement, mask_, taken)) ++displacement;
    if (displacement == most_tries) return false;
    displacements_[bucket[0] & buckets] = displacement;
  }
  return true;
}

uint64_t PairSlots::slot(uint32_t first, uint32_t second) const {
  uint64_t hash = hash_of(first, second);
  return slot_of(hash, displacements_[hash & (displacements_.size() - 1)], mask_);
}

}  // namespace aipol::decision

#include "runtime/context/numbering.h"

#include <algorithm>
#include <bit>
#include <map>

namespace aipol::context {

namespace {

size_t table_size(size_t entries) { return std::bit_ceil(entries * 2 + 2); }

uint64_t integer_hash(uint64_t value) {
  value *= 0x9E3779B97F4A7C15ull;
  return value ^ value >> 32;
}

plan::Ip mask_of(uint8_t prefix) {
  auto bits = [](int count) {
    return count <= 0 ? 0 : count >= 64 ? ~0ull : ~0ull << (64 - count);
  };
  return {bits(prefix), bits(prefix - 64)};
}

plan::Ip masked(const plan::Ip& address, const plan::Ip& mask) {
  return {address.high & mask.high, address.low & mask.low};
}

uint64_t network_hash(const plan::Network& network) {
  return integer_hash(network.address.high ^ integer_hash(network.address.low + network.prefix));
}

template <class Entry>
Entry& free_slot(std::vector<Entry>& entries, uint64_t hash) {
  uint64_t mask = entries.size() - 1, slot = hash & mask;
  while (entries[slot].number != 0) slot = (slot + 1) & mask;
  return entries[slot];
}

std::vector<std::string> texts_of(const std::vector<plan::Constant>& constants) {
  std::vector<std::string> texts;
  texts.reserve(constants.size());
  for (const plan::Constant& text : constants) texts.push_back(std::get<std::string>(text));
  return texts;
}

}  // namespace

TextNumbers::TextNumbers(const std::vector<plan::Constant>& texts) : TextNumbers(texts_of(texts)) {}

TextNumbers::TextNumbers(std::vector<std::string> texts)
    : texts_(std::move(texts)), entries_(table_size(texts_.size())) {
  mask_ = entries_.size() - 1;
  for (uint32_t i = 0; i < texts_.size(); ++i) {
    TextKey key(texts_[i]);
    free_slot(entries_, key.hash()) = {key, i + 1};
  }
}

IntegerNumbers::IntegerNumbers(const std::vector<plan::Constant>& integers)
    : entries_(table_size(integers.size())) {
  mask_ = entries_.size() - 1;
  for (uint32_t i = 0; i < integers.size(); ++i) {
    auto value = std::get<int64_t>(integers[i]);
    free_slot(entries_, integer_hash(static_cast<uint64_t>(value))) = {value, i + 1};
  }
}

uint32_t IntegerNumbers::find(int64_t value) const {
  uint64_t slot = integer_hash(static_cast<uint64_t>(value)) & mask_;
  for (; entries_[slot].number != 0; slot = (slot + 1) & mask_) {
    if (entries_[slot].value == value) return entries_[slot].number;
  }
  return 0;
}

NetworkNumbers::NetworkNumbers(const std::vector<plan::Constant>& networks)
    : entries_(table_size(networks.size())) {
  mask_ = entries_.size() - 1;
  std::map<plan::Network, size_t> numbers;
  for (uint32_t i = 0; i < networks.size(); ++i) {
    plan::Network network = std::get<plan::Network>(networks[i]);
    network.address = masked(network.address, mask_of(network.prefix));
    free_slot(entries_, network_hash(network)) = {network, i + 1};
    most_ = std::max(most_, ++numbers[network]);
    if (!std::ranges::count(prefixes_, network.prefix, &Prefix::bits))
      prefixes_.push_back({mask_of(network.prefix), network.prefix});
  }
  most_ *= prefixes_.size();
}

size_t NetworkNumbers::find(const plan::Ip& address, uint32_t* found) const {
  size_t count = 0;
  for (const Prefix& prefix : prefixes_) {
    plan::Network wanted{masked(address, prefix.mask), prefix.bits};
    uint64_t slot = network_hash(wanted) & mask_;
    for (; entries_[slot].number != 0; slot = (slot + 1) & mask_) {
      if (entries_[slot].network == wanted) found[count++] = entries_[slot].number;
    }
  }
  std::sort(found, found + count);
  return count;
}

}  // namespace aipol::context

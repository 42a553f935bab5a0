#include "runtime/context/numbering.h"

#include <algorithm>
#include <bit>

#include "base/text_hash.h"

namespace aipol::context {

namespace {

size_t table_size(size_t entries) { return std::bit_ceil(entries * 2 + 2); }

uint64_t integer_hash(uint64_t value) {
  value *= 0x9E3779B97F4A7C15ull;
  return value ^ value >> 32;
}

plan::Ip masked(const plan::Ip& address, uint8_t prefix) {
  auto bits = [](int count) { return count <= 0 ? 0 : count >= 64 ? ~0ull : ~0ull << (64 - count); };
  return {address.high & bits(prefix), address.low & bits(prefix - 64)};
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

}  // namespace

TextNumbers::TextNumbers(const std::vector<plan::Constant>& texts) : entries_(table_size(texts.size())) {
  mask_ = entries_.size() - 1;
  size_t total = 0;
  for (const plan::Constant& text : texts) total += std::get<std::string>(text).size();
  bytes_.reserve(total);
  for (uint32_t i = 0; i < texts.size(); ++i) {
    const auto& text = std::get<std::string>(texts[i]);
    uint64_t hash = text_hash(text);
    free_slot(entries_, hash) = {hash, bytes_.data() + bytes_.size(), static_cast<uint32_t>(text.size()), i + 1};
    bytes_ += text;
  }
}

uint32_t TextNumbers::find(std::string_view text) const {
  uint64_t hash = text_hash(text);
  for (uint64_t slot = hash & mask_; entries_[slot].number != 0; slot = (slot + 1) & mask_) {
    const Entry& entry = entries_[slot];
    if (entry.hash == hash && std::string_view(entry.bytes, entry.size) == text) return entry.number;
  }
  return 0;
}

IntegerNumbers::IntegerNumbers(const std::vector<plan::Constant>& integers) : entries_(table_size(integers.size())) {
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

NetworkNumbers::NetworkNumbers(const std::vector<plan::Constant>& networks) : entries_(table_size(networks.size())) {
  mask_ = entries_.size() - 1;
  for (uint32_t i = 0; i < networks.size(); ++i) {
    plan::Network network = std::get<plan::Network>(networks[i]);
    network.address = masked(network.address, network.prefix);
    free_slot(entries_, network_hash(network)) = {network, i + 1};
    if (!std::ranges::count(prefixes_, network.prefix)) prefixes_.push_back(network.prefix);
  }
}

void NetworkNumbers::find(const plan::Ip& address, std::vector<uint32_t>& found) const {
  found.clear();
  for (uint8_t prefix : prefixes_) {
    plan::Network wanted{masked(address, prefix), prefix};
    uint64_t slot = network_hash(wanted) & mask_;
    for (; entries_[slot].number != 0; slot = (slot + 1) & mask_) {
      if (entries_[slot].network == wanted) found.push_back(entries_[slot].number);
    }
  }
  std::ranges::sort(found);
}

}  // namespace aipol::context

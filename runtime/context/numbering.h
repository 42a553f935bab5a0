// The numbers of a domain (plan/layout.h): value of traffic -> number, by one look-up. Immutable,
// shared by threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text_key.h"
#include "plan/layout.h"
#include "runtime/abi/cell.h"

namespace aipol::context {

// Numbers from 1 of texts in the order given; 0 for any other text.
class TextNumbers {
 public:
  explicit TextNumbers(std::vector<std::string> texts);
  // Of a domain's texts.
  explicit TextNumbers(const std::vector<plan::Constant>& texts);

  uint32_t find(std::string_view text) const {
    TextKey key(text);
    for (uint64_t slot = key.hash() & mask_; entries_[slot].number != 0;
         slot = (slot + 1) & mask_) {
      const Entry& entry = entries_[slot];
      if (entry.key == key && (key.size <= TextKey::whole || texts_[entry.number - 1] == text))
        return entry.number;
    }
    return 0;
  }

 private:
  // Two to a line of the processor's caches.
  struct alignas(32) Entry {
    TextKey key;
    uint32_t number = 0;  // 0: free
  };
  std::vector<std::string> texts_;
  std::vector<Entry> entries_;
  uint64_t mask_ = 0;
};

class IntegerNumbers {
 public:
  explicit IntegerNumbers(const std::vector<plan::Constant>& integers);
  uint32_t find(int64_t value) const;

 private:
  struct Entry {
    int64_t value = 0;
    uint32_t number = 0;  // 0: free
  };
  std::vector<Entry> entries_;
  uint64_t mask_ = 0;
};

class NetworkNumbers {
 public:
  explicit NetworkNumbers(const std::vector<plan::Constant>& networks);
  // Writes the numbers of the networks that hold the address, ascending, and returns how many.
  size_t find(const plan::Ip& address, uint32_t* found) const;
  // An address lies in no more networks than that.
  size_t most() const { return most_; }

 private:
  struct Entry {
    plan::Network network;
    uint32_t number = 0;  // 0: free
  };
  struct Prefix {  // a length in use
    plan::Ip mask;
    uint8_t bits;
  };
  std::vector<Prefix> prefixes_;
  std::vector<Entry> entries_;
  uint64_t mask_ = 0;
  size_t most_ = 0;
};

}  // namespace aipol::context

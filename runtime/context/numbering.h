// The numbers of a domain (plan/layout.h): value of traffic -> number, by one look-up. Immutable, shared by threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plan/layout.h"
#include "runtime/abi/cell.h"

namespace aipol::context {

// Numbers from 1 of texts in the order given; 0 for any other text.
class TextNumbers {
 public:
  explicit TextNumbers(const std::vector<plan::Constant>& texts);
  uint32_t find(std::string_view text) const;

 private:
  struct Entry {
    uint64_t hash = 0;
    const char* bytes = nullptr;
    uint32_t size = 0;
    uint32_t number = 0;  // 0: free
  };
  std::string bytes_;
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
  // Sets `found` to the numbers of the networks that hold the address, ascending.
  void find(const plan::Ip& address, std::vector<uint32_t>& found) const;

 private:
  struct Entry {
    plan::Network network;
    uint32_t number = 0;  // 0: free
  };
  std::vector<uint8_t> prefixes_;  // the lengths in use
  std::vector<Entry> entries_;
  uint64_t mask_ = 0;
};

}  // namespace aipol::context

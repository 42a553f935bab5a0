// Bytes read and not yet used, contiguous. Reused for the life of a connection: reading allocates
// only to grow.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace aipol::http {

class Buffer {
 public:
  // Beyond the bytes there is always this much readable memory, as simdjson asks.
  static constexpr size_t padding = 64;

  explicit Buffer(size_t capacity) : capacity_(capacity), memory_(allocate(capacity)) {}

  std::string_view data() const { return {memory_.get() + begin_, end_ - begin_}; }
  size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }

  // Where the next bytes go, and how many have room. Valid until the next call of reserve.
  char* space() { return memory_.get() + end_; }
  size_t room() const { return capacity_ - end_; }

  void commit(size_t bytes) { end_ += bytes; }
  void consume(size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() { begin_ = end_ = 0; }

  // Makes room for this many bytes more. May move what is held: views of data() are dead
  // afterwards.
  void reserve(size_t bytes) {
    if (room() >= bytes) return;
    if (capacity_ - size() >= bytes) {
      std::memmove(memory_.get(), memory_.get() + begin_, size());
    } else {
      grow(size() + bytes > 2 * capacity_ ? size() + bytes : 2 * capacity_);
    }
    end_ -= begin_;
    begin_ = 0;
  }

  void append(std::string_view bytes) {
    reserve(bytes.size());
    std::memcpy(space(), bytes.data(), bytes.size());
    commit(bytes.size());
  }

  // Gives memory back after an unusually large message. Only while empty.
  void shrink(size_t capacity) {
    if (capacity_ <= capacity || !empty()) return;
    memory_ = allocate(capacity);
    capacity_ = capacity;
    clear();
  }

 private:
  static std::unique_ptr<char[]> allocate(size_t capacity) {
    return std::make_unique_for_overwrite<char[]>(capacity + padding);
  }
  void grow(size_t capacity) {
    auto larger = allocate(capacity);
    std::memcpy(larger.get(), memory_.get() + begin_, size());
    memory_ = std::move(larger);
    capacity_ = capacity;
  }

  size_t capacity_;
  size_t begin_ = 0, end_ = 0;
  std::unique_ptr<char[]> memory_;
};

}  // namespace aipol::http

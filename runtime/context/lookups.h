// How columns are written: inline, for what reads calls does little else.
#pragma once

#include <algorithm>
#include <memory>

#include "plan/arithmetic.h"
#include "runtime/context/columns.h"
#include "runtime/context/numbering.h"
#include "stdlib/native/cells.h"

namespace aipol::context {

// Numbers past the last masked one have no bit.
inline uint64_t bit(uint32_t number, uint32_t masked) {
  return number - 1 < masked ? uint64_t{1} << (number - 1) : 0;
}

// Room for so many numbers and what lies behind them.
inline uint32_t* room(std::vector<uint32_t>& numbers, size_t count) {
  if (numbers.size() < count + AIPOL_NUMBERS_AHEAD) numbers.resize(count + AIPOL_NUMBERS_AHEAD);
  return numbers.data();
}

// Ascending, each once; nearly always there are few.
inline uint32_t sort_once(uint32_t* numbers, uint32_t count) {
  constexpr uint32_t few = 16;
  if (count > few) {
    std::sort(numbers, numbers + count);
    return static_cast<uint32_t>(std::unique(numbers, numbers + count) - numbers);
  }
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t number = numbers[i], at = kept;
    while (at > 0 && numbers[at - 1] > number) --at;
    if (at > 0 && numbers[at - 1] == number) continue;
    for (uint32_t move = kept++; move > at; --move) numbers[move] = numbers[move - 1];
    numbers[at] = number;
  }
  return kept;
}

// A domain: how its numbers are found, and the columns that they fill.
struct ColumnMaker::Lookup {
  enum class Kind : uint8_t { text, integer, texts, integers, networks, paths } kind = Kind::text;
  uint32_t domain = 0;
  uint32_t masked = 0;
  uint32_t symbol = none, mask = none, symbols = none;  // columns
  std::unique_ptr<TextNumbers> texts;                   // one of these
  std::unique_ptr<IntegerNumbers> integers;
  std::unique_ptr<NetworkNumbers> networks;
  std::unique_ptr<native::PathMatcher> paths;

  void write(uint32_t number, AipolCell* cells, std::vector<uint32_t>& found) const {
    if (symbol != none) cells[symbol] = {number, 0};
    if (mask != none) cells[mask] = {bit(number, masked), 0};
    if (symbols == none) return;
    uint32_t* numbers = room(found, 1);
    *numbers = number;
    write_list(cells, numbers, number != 0);
  }

  void write(uint32_t* numbers, uint32_t count, AipolCell* cells) const {
    if (mask != none) {
      uint64_t bits = 0;
      for (uint32_t i = 0; i < count; ++i) bits |= bit(numbers[i], masked);
      cells[mask] = {bits, 0};
    }
    if (symbols != none) write_list(cells, numbers, count);
  }

  void write_list(AipolCell* cells, uint32_t* numbers, uint32_t count) const {
    std::fill_n(numbers + count, AIPOL_NUMBERS_AHEAD, 0);
    cells[symbols] = {reinterpret_cast<uint64_t>(numbers), count};
  }
};

inline void ColumnMaker::put(const Use& use, const plan::Fact& fact, ColumnBuffer& buffer) const {
  AipolCell* cells = buffer.cells.data();
  bool known = fact.state == plan::Fact::State::present;
  AipolCell value = known ? fact.value : use.fallback;
  if (known && use.rep == plan::Rep::real)
    value = native::cell_of(plan::finite(native::real_of(fact.value)));
  if (use.value != none) cells[use.value] = value;
  if (use.present != none) cells[use.present] = {known || !use.optional, 0};
  for (uint32_t i = use.first; i < use.first + use.count; ++i) {
    const Lookup& lookup = lookups_[i];
    std::vector<uint32_t>& found = buffer.numbers[i];
    switch (lookup.kind) {
      case Lookup::Kind::text:
        lookup.write(lookup.texts->find(native::text_of(value)), cells, found);
        break;
      case Lookup::Kind::integer:
        lookup.write(lookup.integers->find(native::integer_of(value)), cells, found);
        break;
      default:
        uint32_t count = look_up(lookup, value, buffer, found);
        lookup.write(found.data(), count, cells);
    }
  }
}

inline void ColumnMaker::put_texts(const Use& use, std::span<const std::string> texts,
                                   ColumnBuffer& buffer) const {
  if (use.present != none) buffer.cells[use.present] = {1, 0};
  for (uint32_t i = use.first; i < use.first + use.count; ++i) {
    const Lookup& lookup = lookups_[i];
    uint32_t* numbers = room(buffer.numbers[i], texts.size());
    uint32_t count = 0;
    for (const std::string& text : texts) {
      numbers[count] = lookup.texts->find(text);
      count += numbers[count] != 0;
    }
    lookup.write(numbers, sort_once(numbers, count), buffer.cells.data());
  }
}

}  // namespace aipol::context

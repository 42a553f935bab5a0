// How a plan's stages lie in memory for native code: which columns it reads, which index finds the
// statements that could fire, and which few shapes of code test them. Made by compiler/index;
// lowered by compiler/lower; filled with data by runtime/decision (tables) and runtime/context
// (columns).
//
//   key      a test that an index answers: `model.name == "a"`, `"r" in principal.roles`, a path on
//   globs group    the statements whose keys read the same columns shape    what remains of a guard
//   when its key is taken away and its constants are replaced by parameters; equal
//            remainders are one shape, whose statements are rows of parameters
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.h"

namespace aipol::plan {

// What a source is compared with. The number of values[i] is i + 1; of any other value it is 0.
struct Domain {
  enum class Kind : uint8_t {
    members,   // texts or integers: equality and membership
    paths,     // texts: glob lists that a text source matches
    networks,  // Network: networks that an ip source lies in
  } kind = Kind::members;
  SourceId source = 0;
  std::vector<Constant> values;
  uint32_t masked = 0;  // values 1 to masked have a bit in the mask; at most 64
};

// One AipolCell that native code reads.
struct Column {
  enum class Kind : uint8_t {
    value,    // the source's value, its default where absent
    present,  // boolean
    symbol,   // integer: number of the value in the domain
    mask,     // integer: bit n - 1 for each number n up to Domain::masked that the value is or has
    symbols,  // all numbers that the value is or has, ascending (AipolCell: symbols)
  } kind = Kind::value;
  uint32_t of = 0;  // a source (value, present) or a number in StageLayout::domains
  bool operator==(const Column&) const = default;
};

// A constant taken out of code, as 64-bit words in a row.
struct Parameter {
  enum class Kind : uint8_t {
    word,  // 1: boolean, integer, real bits, symbol, mask: the operand itself
    text,  // 2: address, length. This and the rest: the operand is the number of a plan's constant,
           // but
    ip,    // 2: high, low
    network,  // 4: high, low of the address, of the mask
    range,    // 2: low, high
    list,     // 2: address of cells, length
    numbers,  // 2: address of uint32_t ascending, length; the operand is a number in
              // StageLayout::number_lists
    globs,    // 1: handle of native::Globs
    regex,    // 1: handle of native::Regex
  } kind = Kind::word;
  uint32_t word = 0;  // where it begins in the row
};
uint32_t words_of(Parameter::Kind kind);

// A node of StageLayout::code whose parameter nodes count words from `base` in the row.
struct Piece {
  NodeId node = no_node;
  uint32_t base = 0;
  bool operator==(const Piece&) const = default;
};

// A function of columns and a row of parameters.
struct Shape {
  std::vector<Piece> pieces;  // conjuncts of a guard's remainder, cheap ones first; or one value
  std::vector<Parameter> parameters;
  uint32_t words = 0;  // in a row
};

// Statements of one group and one shape, in the order of their keys; one with several keys has a
// row for each.
struct Rows {
  uint32_t shape = 0;
  std::vector<uint32_t> statements;
  std::vector<uint64_t> operands;  // parameters of the shape, row by row
};

// Row `row` of rows `rows` applies where the group's columns hold these numbers.
struct Entry {
  uint32_t first = 0;
  uint32_t second = 0;  // pairs only
  uint32_t rows = 0;
  uint32_t row = 0;
  auto operator<=>(const Entry&) const = default;
};

// How rows of one table are tested. Where most keys have few rows, some are tested whether the key has them or not: that
// costs less than a branch that is often guessed wrong.
struct Reach {
  uint8_t ahead = 0;   // so many, at most AIPOL_ROWS_AHEAD
  bool beyond = true;  // some key has more
  bool operator==(const Reach&) const = default;
};

struct Group {
  enum class Kind : uint8_t { all, single, several, pair } kind = Kind::all;
  uint32_t first = 0;   // column: a symbol (single, pair) or symbols (several)
  uint32_t second = 0;  // column: a symbol (pair)
  uint32_t keys = 0;    // numbers that `first` can have, without 0
  uint32_t ahead = 0;   // several: so many numbers are looked up whether the value has them or not
  std::vector<uint32_t> rows;  // all that the entries name
  std::vector<Reach> reach;    // by rows; none in a wide group
  std::vector<Entry> entries;  // ascending; no statement is found twice by one set of columns

  // With few tables of rows a key leads to a span of each; with more, to a list of runs.
  static constexpr size_t most_spans = 4;
  bool wide() const { return rows.size() > most_spans; }
  size_t spans() const { return wide() ? 1 : rows.size(); }
};

// A node of plan::Stage::computed: a shape of one piece, and the operands of its row.
struct Computed {
  uint32_t shape = 0;  // in StageLayout::values
  std::vector<uint64_t> operands;
};

struct StageLayout {
  std::vector<Column> columns;
  std::vector<Domain> domains;
  Code code;
  std::vector<Shape> shapes;
  std::vector<Rows> rows;
  std::vector<Group> groups;
  std::vector<Shape> values;       // of what is computed on demand
  std::vector<Computed> computed;  // in the order of plan::Stage::computed
  std::vector<std::vector<uint32_t>> number_lists;
};

using Layout = std::vector<StageLayout>;  // by stage

}  // namespace aipol::plan

// Expressions as written. Nodes live in their Tree's arena; names are views into the source text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/source/source.h"

namespace aipol::ast {

using source::Span;

struct Expression;
using ExpressionPtr = const Expression*;

struct Identifier {
  std::string_view text;
  Span span;
};

// Literals carry their value in the unit named; a number too large for it is a diagnostic of the
// parser.
struct BoolLiteral {
  bool value;
};
struct IntLiteral {
  int64_t value;
};  // 42, 100k, 5M, 64KiB
struct FloatLiteral {
  double value;
};  // 0.8, 80%
struct UsdLiteral {
  int64_t nano_dollars;
};  // $2.50
struct DurationLiteral {
  int64_t nanoseconds;
};  // 250ms
struct ClockLiteral {
  int64_t seconds;
};  // 09:00, of the day
struct StatusClassLiteral {
  int64_t hundreds;
};  // 5xx
struct StringLiteral {
  std::string value;
};  // "…", r"…", escapes resolved

// f"text {expression}": texts.size() == holes.size() + 1.
struct FormatString {
  std::vector<std::string> texts;
  std::vector<ExpressionPtr> holes;
};

struct Name {
  std::string_view text;
};
struct Field {
  ExpressionPtr object;
  Identifier name;
};  // object.name
struct Call {
  ExpressionPtr callee;
  std::vector<ExpressionPtr> arguments;
};  // callee: Name or Field
struct Index {
  ExpressionPtr object;
  ExpressionPtr key;
};  // object[key]

enum class UnaryOperator : uint8_t { logical_not, negate, has };
struct Unary {
  UnaryOperator op;
  Span op_span;
  ExpressionPtr operand;
};

enum class BinaryOperator : uint8_t {
  logical_or,
  logical_and,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  not_in,
  matches,
  like,
  coalesce,
  add,
  subtract,
  multiply,
  divide,
  remainder,
};
std::string_view spelling(BinaryOperator op);
struct Binary {
  BinaryOperator op;
  Span op_span;
  ExpressionPtr left;
  ExpressionPtr right;
};

struct Conditional {
  ExpressionPtr condition;
  ExpressionPtr then;
  ExpressionPtr otherwise;
};

enum class Quantifier : uint8_t { any, all, count };
struct Quantified {
  Quantifier quantifier;
  Identifier variable;
  ExpressionPtr list;
  ExpressionPtr body;
};

struct Range {
  ExpressionPtr low;
  ExpressionPtr high;
  bool closed;
};  // a..b, a..=b
struct List {
  std::vector<ExpressionPtr> items;
};
struct Tuple {
  std::vector<ExpressionPtr> items;
};  // ("a", 1, allow): rows of table tests
struct Weighted {
  ExpressionPtr item;
  Identifier word;
  ExpressionPtr weight;
};  // "a" weight 90: in lists of targets
struct RecordEntry {
  Identifier key;
  bool quoted;
  ExpressionPtr value;
};
struct Record {
  std::vector<RecordEntry> entries;
};
struct Invalid {};  // stands where the text could not be parsed; already reported

struct Expression {
  using Node = std::variant<Invalid, BoolLiteral, IntLiteral, FloatLiteral, UsdLiteral,
                            DurationLiteral, ClockLiteral, StatusClassLiteral, StringLiteral,
                            FormatString, Name, Field, Call, Index, Unary, Binary, Conditional,
                            Quantified, Range, List, Tuple, Weighted, Record>;
  Node node;
  Span span;
};

}  // namespace aipol::ast

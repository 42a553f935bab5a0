// Expressions of the plan: a pool of nodes in which equal expressions are one node (hash-consed),
// children first.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "plan/value.h"

namespace aipol::plan {

using NodeId = uint32_t;
inline constexpr NodeId no_node = ~NodeId{0};

// Total operations over plain values. `a` is the first argument, and so on; `p` is the payload.
enum class Op : uint8_t {
  constant,  // p = number in Plan::constants
  source,    // p = number in Plan::sources; an absent optional reads as its representation's zero
  has,       // p = source; is an optional source present
  logical_not,   // a
  logical_and,   // two or more
  logical_or,    // two or more
  select,        // a ? b : c
  equal,         // a == b, of one representation (lists compare in order)
  less,          // a < b: integer, real, text (bytes)
  less_equal,    // a <= b
  add,           // integer and real saturate, text never
  subtract,      //
  multiply,      //
  divide,        // b is a non-zero constant; integer truncates towards zero
  remainder,     // integer; b is a non-zero constant; sign of a
  negate,        //
  to_real,       // integer to real
  to_integer,    // real to integer, towards zero, saturating
  in_set,        // a (text or integer) is a member of the constant list b
  has_member,    // list a has b
  contains_all,  // list a has each of list b
  intersects,    // list a shares a member with list b
  size,          // of list a
  in_range,      // integer a in the constant IntegerRange b (representation integer)
  in_network,    // ip a in the constant Network b (representation ip)
  on_path,  // text a matches any of the path globs in the constant texts b (stdlib/native/glob.h)
  like,     // text a matches the constant glob b, by the same rules
  matches,  // text a has a match of the constant RE2 pattern b anywhere
  call,     // p = number in Plan::natives, any number of arguments
  list,     // any number of values of one representation

  // Loops over the list a (of texts, integers or records); p = level (plan/loops.h). The body b is
  // a boolean.
  any_of,    // b holds for some item; false of an empty list
  all_of,    // b holds for every item; true of an empty list
  count_of,  // for how many items b holds
  item,  // p = level of the loop around it: where that loop stands, the item of the list a, which
         // is as long as the loop's; the zero of its representation past the end of a shorter one.
         // Lists have the representation integers where their cells hold booleans, reals, addresses
         // or lists

  // Only in a layout's code (plan/layout.h), where `source` and `has` name columns instead of
  // sources:
  parameter,      // p = the first of a row's words that hold it
  symbol,         // p = column: number of the value in the source's domain, 0 = not in it (integer)
  mask,           // p = column: bit n - 1 for each number n that the value is or has (integer)
  mask_meets,     // a & b is not zero
  mask_covers,    // a & b is b
  numbers_meet,   // p = column of numbers; shares one with the parameter a
  numbers_cover,  // p = column of numbers; has each of the parameter a
};
inline constexpr size_t op_count = static_cast<size_t>(Op::numbers_cover) + 1;

struct Node {
  Op op;
  Rep rep;  // of the result
  uint32_t payload = 0;
  uint32_t first = 0;  // into Code::arguments
  uint32_t count = 0;
};

class Code {
 public:
  Code() = default;
  // Of nodes as another code has them: each after its arguments, each once.
  Code(std::vector<Node> nodes, std::vector<NodeId> arguments)
      : nodes_(std::move(nodes)), arguments_(std::move(arguments)) {}

  // The node for this operation; the same for the same operands.
  NodeId add(Op op, Rep rep, uint32_t payload = 0, std::span<const NodeId> arguments = {});

  const Node& operator[](NodeId id) const { return nodes_[id]; }
  std::span<const NodeId> arguments(NodeId id) const {
    return std::span(arguments_).subspan(nodes_[id].first, nodes_[id].count);
  }
  NodeId argument(NodeId id, size_t i) const { return arguments_[nodes_[id].first + i]; }
  size_t size() const { return nodes_.size(); }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<NodeId>& all_arguments() const { return arguments_; }

 private:
  struct Known {
    uint32_t hash = 0;
    NodeId node = no_node;  // no_node: free
  };

  bool same(NodeId id, Op op, Rep rep, uint32_t payload, std::span<const NodeId> arguments) const;
  void know(NodeId id);
  void grow();

  std::vector<Node> nodes_;
  std::vector<NodeId> arguments_;
  std::vector<Known> known_;  // open addressing; made when the first node is added
};

}  // namespace aipol::plan

#include "stdlib/native/match_length.h"

#include <algorithm>

#include "stdlib/native/regex_syntax.h"

namespace aipol::native {

namespace {

constexpr uint64_t endless = RegexNode::endless;

struct Length {
  uint64_t shortest = 0, longest = 0;
};

uint64_t sum(uint64_t a, uint64_t b) { return a > endless - b ? endless : a + b; }
uint64_t product(uint64_t a, uint64_t b) {
  uint64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? endless : result;
}

Length length_of(const RegexNode& node) {
  switch (node.kind) {
    case RegexNode::Kind::nothing:
      return {};
    case RegexNode::Kind::character:
      return {node.shortest, node.longest};
    case RegexNode::Kind::sequence: {
      Length all;
      for (const RegexNode& part : node.parts) {
        Length one = length_of(part);
        all = {sum(all.shortest, one.shortest), sum(all.longest, one.longest)};
      }
      return all;
    }
    case RegexNode::Kind::choice: {
      Length all{endless, 0};
      for (const RegexNode& part : node.parts) {
        Length one = length_of(part);
        all = {std::min(all.shortest, one.shortest), std::max(all.longest, one.longest)};
      }
      return all;
    }
    case RegexNode::Kind::repeat: {
      Length once = length_of(node.parts[0]);
      return {product(once.shortest, node.least),
              once.longest == 0 ? 0 : product(once.longest, node.most)};
    }
  }
  return {};
}

}  // namespace

MatchLength match_length(std::string_view pattern) {
  const auto tree = read_regex(pattern);
  if (!tree) return {};
  const Length length = length_of(*tree);
  return {length.shortest,
          length.longest == endless ? std::nullopt : std::optional(length.longest)};
}

}  // namespace aipol::native

// How a boolean expression is made: of connectives over leaves, and of which sources a leaf speaks.
#pragma once

#include <unordered_map>
#include <vector>

#include "compiler/prove/world.h"
#include "plan/loops.h"

namespace aipol::prove {

// Sources whose values hang together: one source, or all fields of `model` and of its `provider`, or
// all of `target`.
using GroupId = uint32_t;

class Shape {
 public:
  explicit Shape(const plan::Plan& plan);

  const plan::Plan& plan() const { return plan_; }

  // What a literal asks for: all of the parts, one of them, or the literal is a leaf.
  struct Parts {
    enum class Kind : uint8_t { leaf, all, any } kind = Kind::leaf;
    std::vector<Goal> parts;  // each all of its literals
  };
  Parts parts(Literal literal) const;
  // The leaves of all literals, each once.
  std::vector<plan::NodeId> leaves(const Goal& goal) const;

  // The sources that a node reads, ascending; constants of its whole expression.
  const std::vector<plan::SourceId>& sources(plan::NodeId node);
  std::vector<uint32_t> constants(plan::NodeId node) const;
  // The node and all that its expression is made of, each once.
  std::vector<plan::NodeId> parts_of(plan::NodeId node) const;
  // Whether it reads the item of a loop around it.
  bool reads_item(plan::NodeId node) const { return open_[node] != 0; }
  // Whether it calls the native of that symbol.
  bool calls(plan::NodeId node, std::string_view symbol) const;

  GroupId group(plan::SourceId source) const { return groups_[source]; }
  GroupId model_group() const { return static_cast<GroupId>(plan_.sources.size()); }
  GroupId target_group() const { return model_group() + 1; }
  // The one group of a leaf; `many` where it reads several, `none` where it reads nothing.
  static constexpr GroupId many = ~0u, none = ~0u - 1;
  GroupId group_of_leaf(plan::NodeId leaf);

  // Texts in which a detector finds something, in which a pattern has a match; made once.
  const std::vector<std::string>& found_by(uint32_t detector);
  const std::vector<std::string>& matched_by(uint32_t constant);

  std::optional<plan::SourceId> find(std::string_view path) const;
  const plan::Constant* constant(plan::NodeId node) const;  // of a constant
  bool is_source(plan::NodeId node) const { return plan_.code[node].op == plan::Op::source; }

 private:
  const plan::Plan& plan_;
  std::vector<GroupId> groups_;  // by source
  std::vector<plan::Levels> open_;  // by node
  std::unordered_map<plan::NodeId, std::vector<plan::SourceId>> sources_;
  std::unordered_map<uint32_t, std::vector<std::string>> found_by_, matched_by_;
};

}  // namespace aipol::prove

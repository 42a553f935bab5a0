#include "stdlib/native/match_prefix.h"

#include <fmt/format.h>

#include "stdlib/native/regex_syntax.h"

namespace aipol::native {

namespace {

using Kind = RegexNode::Kind;

constexpr size_t longest = 1 << 16;  // of the expression that is made

// Writes a node whole, or the beginnings of what it matches.
class Writer {
 public:
  std::string out;
  bool too_large() const { return out.size() > longest; }

  void whole(const RegexNode& node) {
    if (too_large()) return;
    switch (node.kind) {
      case Kind::nothing:
      case Kind::character:
        return leaf(node);
      case Kind::sequence:
        out += "(?:";
        for (const RegexNode& part : node.parts) whole(part);
        out += ")";
        return;
      case Kind::choice:
        out += "(?:";
        for (size_t i = 0; i < node.parts.size(); ++i) {
          if (i > 0) out += "|";
          whole(node.parts[i]);
        }
        out += ")";
        return;
      case Kind::repeat:
        repeat(node.parts[0], node.least, node.most);
        return;
    }
  }

  // Beginnings, the empty one among them.
  void beginnings(const RegexNode& node) {
    if (too_large()) return;
    switch (node.kind) {
      case Kind::nothing:
        return;  // where the text ends it is taken to hold
      case Kind::character:
        out += "(?:";
        leaf(node);
        out += ")?";
        return;
      case Kind::sequence:
        return sequence(node, 0);
      case Kind::choice:
        out += "(?:";
        for (size_t i = 0; i < node.parts.size(); ++i) {
          if (i > 0) out += "|";
          beginnings(node.parts[i]);
        }
        out += ")";
        return;
      case Kind::repeat:
        if (node.most == 0) return;
        out += "(?:";
        repeat(node.parts[0], 0,
               node.most == RegexNode::endless ? RegexNode::endless : node.most - 1);
        beginnings(node.parts[0]);
        out += ")";
        return;
    }
  }

 private:
  void leaf(const RegexNode& node) {
    if (node.flags.empty()) {
      out += node.text;
    } else {
      out += fmt::format("(?{}:{})", node.flags, node.text);
    }
  }

  void repeat(const RegexNode& once, uint64_t least, uint64_t most) {
    out += "(?:";
    whole(once);
    out += most == RegexNode::endless ? fmt::format("){{{},}}", least)
                                      : fmt::format("){{{},{}}}", least, most);
  }

  // The beginnings of the first part, or all of it and those of the rest.
  void sequence(const RegexNode& node, size_t at) {
    if (at == node.parts.size()) return;
    out += "(?:";
    whole(node.parts[at]);
    sequence(node, at + 1);
    out += "|";
    beginnings(node.parts[at]);
    out += ")";
  }
};

}  // namespace

std::optional<std::string> prefixes_of(std::string_view pattern) {
  const auto tree = read_regex(pattern);
  if (!tree) return std::nullopt;
  Writer writer;
  writer.beginnings(*tree);
  if (writer.too_large()) return std::nullopt;
  return std::move(writer.out);
}

}  // namespace aipol::native

#include "plan/expression_text.h"

#include <array>

#include <fmt/format.h>

#include "plan/dump.h"
#include "plan/loops.h"

namespace aipol::plan {

namespace {

constexpr std::string_view names[] = {
#define OPERATION(name, arguments, result) #name,
#include "plan/operations.def"
#undef OPERATION
};

std::string_view infix(Op op) {
  switch (op) {
    case Op::logical_and: return " and ";
    case Op::logical_or: return " or ";
    case Op::equal: return " == ";
    case Op::less: return " < ";
    case Op::less_equal: return " <= ";
    case Op::add: return " + ";
    case Op::subtract: return " - ";
    case Op::multiply: return " * ";
    case Op::divide: return " / ";
    case Op::remainder: return " % ";
    case Op::in_set:
    case Op::in_range:
    case Op::in_network: return " in ";
    case Op::has_member: return " has ";
    case Op::on_path: return " on ";
    case Op::like: return " like ";
    case Op::matches: return " matches ";
    case Op::mask_meets: return " meets ";
    case Op::mask_covers: return " covers ";
    default: return {};
  }
}

// Shared parts are printed as often as they appear; past this size no more is.
constexpr size_t most_text = 20'000;

class Printer {
 public:
  Printer(const Plan& plan, const Code& code, const Leaves& leaves) : plan_(plan), code_(code), leaves_(leaves) {}

  void print(NodeId id) {
    if (out.size() > most_text) {
      out += "…";
      return;
    }
    const Node& node = code_[id];
    std::string_view name = names[static_cast<size_t>(node.op)];
    if (node.op == Op::call) name = plan_.natives[node.payload];
    else if (std::string leaf = leaves_.text(node); !leaf.empty() && node.count == 0) return void(out += leaf);
    else if (!leaf.empty()) out += leaf + " ";
    if (node.op == Op::logical_not) return prefixed("not ", id);
    if (node.op == Op::negate) return prefixed("-", id);
    if (node.op == Op::list) return joined("[", id, ", ", "]");
    if (is_loop(node.op)) return loop(id);
    if (node.op == Op::item) return item(id);
    if (!infix(node.op).empty()) return joined("(", id, infix(node.op), ")");
    joined(std::string(name) + "(", id, ", ", ")");
  }

  std::string out;

 private:
  void prefixed(std::string_view sign, NodeId id) {
    out += sign;
    print(code_.argument(id, 0));
  }

  void joined(std::string_view before, NodeId id, std::string_view between, std::string_view after) {
    out += before;
    bool first = true;
    for (NodeId argument : code_.arguments(id)) {
      if (!std::exchange(first, false)) out += between;
      print(argument);
    }
    out += after;
  }

  void loop(NodeId id) {
    const Node& node = code_[id];
    std::string_view word = node.op == Op::any_of ? "any" : node.op == Op::all_of ? "all" : "count";
    out += fmt::format("({} x{} in ", word, node.payload);
    print(code_.argument(id, 0));
    out += ": ";
    NodeId outer = std::exchange(lists_[node.payload], code_.argument(id, 0));
    print(code_.argument(id, 1));
    lists_[node.payload] = outer;
    out += ")";
  }

  // Of another list than the loop's, `x0 of` that one.
  void item(NodeId id) {
    NodeId list = code_.argument(id, 0);
    fmt::format_to(std::back_inserter(out), "x{}", code_[id].payload);
    if (list == lists_[code_[id].payload]) return;
    out += " of ";
    print(list);
  }

  const Plan& plan_;
  const Code& code_;
  const Leaves& leaves_;
  std::array<NodeId, most_levels> lists_{};  // by level, what the loop around runs over
};

}  // namespace

std::string expression_text(const Plan& plan, const Code& code, NodeId node, const Leaves& leaves) {
  Printer printer(plan, code, leaves);
  printer.print(node);
  return std::move(printer.out);
}

std::string text_of(const Plan& plan, NodeId node) {
  return expression_text(plan, plan.code, node, {[&](const Node& leaf) -> std::string {
                           if (leaf.op == Op::constant) return text_of(plan.constants[leaf.payload]);
                           if (leaf.op == Op::source) return plan.sources[leaf.payload].name();
                           if (leaf.op == Op::has) return "has " + plan.sources[leaf.payload].name();
                           return {};
                         }});
}

}  // namespace aipol::plan

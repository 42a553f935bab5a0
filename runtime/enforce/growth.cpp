#include "runtime/enforce/growth.h"

#include <algorithm>
#include <array>

#include "runtime/decision/metering.h"

namespace aipol::enforce {

namespace {

using plan::NodeId;
using plan::Op;

class Reading {
 public:
  explicit Reading(const plan::Plan& plan) : plan_(plan) {}

  bool is_text(NodeId node) const { return path(node) == "response.text"; }
  // What of an answer is known before its text: the rest stands at its end.
  bool reads_answer(NodeId node) const {
    return some(node, [this](NodeId part) {
      const plan::Node& at = plan_.code[part];
      return is_source(at) && plan_.sources[at.payload].phase >= plan::Phase::output &&
             path(part) != "response.status";
    });
  }

  // What is known once all of it is here.
  bool reads_end(NodeId node) const {
    constexpr std::string_view of_end[] = {"response.text", "response.tool_calls",
                                           "response.finish_reason", "response.size"};
    return some(node, [&](NodeId part) {
      return std::ranges::find(of_end, path(part)) != std::end(of_end);
    });
  }

 private:
  std::string_view path(NodeId node) const {
    const plan::Node& at = plan_.code[node];
    return is_source(at) ? std::string_view(plan_.sources[at.payload].path) : std::string_view();
  }
  static bool is_source(const plan::Node& node) {
    return node.op == Op::source || node.op == Op::has;
  }
  template <class F>
  bool some(NodeId node, const F& holds) const {
    if (holds(node)) return true;
    return std::ranges::any_of(plan_.code.arguments(node),
                               [&](NodeId part) { return some(part, holds); });
  }

  const plan::Plan& plan_;
};

class Grower {
 public:
  explicit Grower(const plan::Plan& plan) : plan_(plan), reading_(plan) {}

  // How the node comes to be `wanted`.
  std::optional<Growth> grow(NodeId node, bool wanted) const {
    if (!reading_.reads_answer(node)) return Growth{.node = node, .wanted = wanted};
    switch (plan_.code[node].op) {
      case Op::logical_not:
        return grow(argument(node, 0), !wanted);
      case Op::logical_and:
        return parts(node, wanted, wanted ? Growth::Kind::all : Growth::Kind::any);
      case Op::logical_or:
        return parts(node, wanted, wanted ? Growth::Kind::any : Growth::Kind::all);
      case Op::less:
      case Op::less_equal:
        return comparison(node, wanted);
      case Op::matches:
        return wanted ? pattern(node) : std::nullopt;
      case Op::call:
        return wanted ? call(node) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

 private:
  NodeId argument(NodeId node, size_t i) const { return plan_.code.argument(node, i); }
  const plan::Constant* constant(NodeId node) const {
    const plan::Node& at = plan_.code[node];
    return at.op == Op::constant ? &plan_.constants[at.payload] : nullptr;
  }

  std::optional<Growth> parts(NodeId node, bool wanted, Growth::Kind kind) const {
    Growth whole{.kind = kind};
    for (NodeId one : plan_.code.arguments(node)) {
      std::optional<Growth> part = grow(one, wanted);
      if (!part) return std::nullopt;
      whole.parts.push_back(std::move(*part));
    }
    return whole;
  }

  // `a < b` is wanted, or is not: `a >= b`. One side grows, the other does not read the text.
  std::optional<Growth> comparison(NodeId node, bool wanted) const {
    size_t grows = wanted ? 1 : 0;
    NodeId reached = argument(node, 1 - grows);
    if (reading_.reads_answer(reached)) return std::nullopt;
    std::optional<Growth> number = amount(argument(node, grows));
    if (!number) return std::nullopt;
    number->node = reached;
    number->wanted = (plan_.code[node].op == Op::less_equal) == wanted;
    return number;
  }

  std::optional<Growth> amount(NodeId node) const {
    if (plan_.code[node].op == Op::to_real) return amount(argument(node, 0));
    std::optional<Growth> number = plan_.code[node].op == Op::call ? call(node) : std::nullopt;
    constexpr std::array numbers = {Growth::Kind::counted, Growth::Kind::scored,
                                    Growth::Kind::length};
    if (!number || std::ranges::find(numbers, number->kind) == numbers.end()) return std::nullopt;
    return number;
  }

  std::optional<Growth> call(NodeId node) const {
    struct Row {
      std::string_view native;
      Growth::Kind kind;
    };
    constexpr Row rows[] = {{"detect.hit", Growth::Kind::found},
                            {"detect.count", Growth::Kind::counted},
                            {"detect.score", Growth::Kind::scored},
                            {"text.contains", Growth::Kind::contains},
                            {"text.starts_with", Growth::Kind::starts_with},
                            {"text.length", Growth::Kind::length}};
    const auto* row =
        std::ranges::find(rows, plan_.natives[plan_.code[node].payload], &Row::native);
    if (row == std::end(rows)) return std::nullopt;
    Growth leaf{.kind = row->kind};
    bool of_detectors = row->native.starts_with("detect.");
    if (!reading_.is_text(argument(node, of_detectors ? 1 : 0))) return std::nullopt;
    if (leaf.kind == Growth::Kind::length) return leaf;
    const plan::Constant* with = constant(argument(node, of_detectors ? 2 : 1));
    if (with == nullptr) return std::nullopt;
    if (of_detectors) {
      for (int64_t number : std::get<std::vector<int64_t>>(*with))
        leaf.detectors.push_back(static_cast<uint32_t>(number));
      std::ranges::sort(leaf.detectors);
    } else {
      leaf.literal = std::get<std::string>(*with);
    }
    return leaf;
  }

  // Not of one that looks at what follows its match: more text may take it back.
  std::optional<Growth> pattern(NodeId node) const {
    const plan::Constant* written = constant(argument(node, 1));
    if (!reading_.is_text(argument(node, 0)) || written == nullptr) return std::nullopt;
    const std::string& text = std::get<std::string>(*written);
    constexpr std::string_view looks_ahead[] = {"$", "\\b", "\\B", "\\z"};
    if (std::ranges::any_of(looks_ahead,
                            [&](std::string_view part) { return text.find(part) != text.npos; }))
      return std::nullopt;
    native::DetectorRules rules{"matches", {text}, native::Verify::none, {}, 1};
    Result<native::Detectors> compiled = native::Detectors::compile({&rules, 1});
    if (!compiled) return std::nullopt;
    Growth leaf{.kind = Growth::Kind::matches, .detectors = {0}};
    leaf.pattern = std::make_shared<const native::Detectors>(std::move(*compiled));
    return leaf;
  }

  const plan::Plan& plan_;
  Reading reading_;
};

void split(const plan::Plan& plan, NodeId guard, std::vector<NodeId>& conjuncts) {
  if (plan.code[guard].op != Op::logical_and) return conjuncts.push_back(guard);
  for (NodeId part : plan.code.arguments(guard)) split(plan, part, conjuncts);
}

OutputGuard guard_of(const plan::Plan& plan, uint32_t number) {
  const plan::Statement& statement = plan.statements[number];
  Reading reading(plan);
  Grower grower(plan);
  OutputGuard guard{number, {}, Growth{.kind = Growth::Kind::all}};
  std::vector<NodeId> conjuncts;
  split(plan, statement.guard, conjuncts);
  for (NodeId condition : conjuncts) {
    if (!reading.reads_answer(condition)) {
      guard.known.push_back(condition);
      continue;
    }
    std::optional<Growth> part = grower.grow(condition, true);
    if (part && guard.growth) guard.growth->parts.push_back(std::move(*part));
    if (!part) guard.growth.reset();
  }
  if (!plan::refuses(statement.effect)) guard.growth.reset();
  return guard;
}

// Header fields are sent before the text: a field that hangs on what is known at its end holds it
// back.
bool changes_fields(const plan::Plan& plan, const plan::Statement& statement) {
  if (statement.effect != plan::Effect::set && statement.effect != plan::Effect::remove)
    return false;
  const plan::Argument* field = decision::argument(statement, "field");
  if (field == nullptr) return false;
  const plan::Node& node = plan.code[field->values[0]];
  if (node.op != plan::Op::constant) return false;
  const auto* path = std::get_if<std::string>(&plan.constants[node.payload]);
  if (path == nullptr || !path->starts_with("response.header.")) return false;
  Reading reading(plan);
  const plan::Argument* value = decision::argument(statement, "value");
  return reading.reads_end(statement.guard) ||
         (value != nullptr && reading.reads_end(value->values[0]));
}

}  // namespace

std::vector<OutputGuard> output_guards(const plan::Plan& plan) {
  std::vector<OutputGuard> guards;
  for (uint32_t number = 0; number < plan.statements.size(); ++number) {
    const plan::Statement& statement = plan.statements[number];
    bool decides = plan::refuses(statement.effect) || statement.effect == plan::Effect::validate ||
                   statement.effect == plan::Effect::redact || changes_fields(plan, statement);
    if (statement.phase == plan::Phase::output && decides && !statement.shadow)
      guards.push_back(guard_of(plan, number));
  }
  return guards;
}

}  // namespace aipol::enforce

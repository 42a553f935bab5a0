#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/overloaded.h"
#include "compiler/ir/policy_set.h"
#include "plan/ip.h"

namespace aipol::ir {

namespace {

// In the order of plan::Op.
constexpr std::string_view op_names[] = {
    "constant",   "source", "has",      "not",        "and",     "or",         "if",
    "==",         "<",      "<=",       "+",          "-",       "*",          "/",
    "%",          "negate", "float",    "int",        "in",      "has_member", "contains_all",
    "intersects", "size",   "in_range", "in_network", "on_path", "like",       "matches",
    "call",       "list",   "any",      "all",        "count",   "item",       "parameter"};

std::string constant_text(const plan::Constant& constant) {
  return std::visit(
      Overloaded{
          [](bool v) { return std::string(v ? "true" : "false"); },
          [](int64_t v) { return fmt::format("{}", v); },
          [](double v) { return fmt::format("{}", v); },
          [](const std::string& v) { return fmt::format("\"{}\"", v); },
          [](const plan::Ip& v) { return plan::format_ip(v); },
          [](const plan::Network& v) {
            return fmt::format("{}/{}", plan::format_ip(v.address), v.prefix);
          },
          [](const plan::IntegerRange& v) { return fmt::format("{}..={}", v.low, v.high); },
          [](const std::vector<std::string>& v) {
            return fmt::format("[\"{}\"]", fmt::join(v, "\", \""));
          },
          [](const std::vector<int64_t>& v) { return fmt::format("[{}]", fmt::join(v, ", ")); },
      },
      constant);
}

class Print {
 public:
  Print(const PolicySet& set, const source::Files& files) : set_(set), files_(files) {}

  std::string run() {
    for (const Policy& policy : set_.policies) {
      if (files_[policy.span.file].builtin()) continue;
      out_ += fmt::format("policy {}.{}", policy.package, policy.name);
      if (policy.priority != 0) out_ += fmt::format(" @priority({})", policy.priority);
      out_ += "\n";
      for (const Statement& statement : policy.statements) print(statement);
    }
    return std::move(out_);
  }

 private:
  void print(const Statement& statement) {
    out_ +=
        fmt::format("  {} in phase {}", plan::effect_names[static_cast<size_t>(statement.effect)],
                    plan::phase_names[static_cast<size_t>(statement.phase)]);
    if (statement.effect != plan::Effect::allow)
      out_ += fmt::format(", status {}", statement.status);
    out_ += "\n    when\n";
    print(statement.guard, 6);
    if (statement.message == nullptr) return;
    out_ += "    message\n";
    print(statement.message, 6);
  }

  void print(ExpressionPtr expression, int indent) {
    out_ += fmt::format("{:{}}{}", "", indent, op_names[static_cast<size_t>(expression->op)]);
    std::visit(Overloaded{
                   [](std::monostate) {},
                   [this](const plan::Constant& c) { out_ += " " + constant_text(c); },
                   [this](SourceRef s) {
                     const Source& source = set_.sources[s.source];
                     out_ += source.key.empty()
                                 ? " " + source.path
                                 : fmt::format(" {}[\"{}\"]", source.path, source.key);
                   },
                   [this](Level l) { out_ += fmt::format(" x{}", l.level); },
                   [this](const NativeRef& n) { out_ += " " + n.symbol; },
               },
               expression->payload);
    out_ += fmt::format(" : {}\n", expression->type->name);
    for (ExpressionPtr argument : expression->arguments) print(argument, indent + 2);
  }

  const PolicySet& set_;
  const source::Files& files_;
  std::string out_;
};

}  // namespace

std::string dump(const PolicySet& set, const source::Files& files) {
  return Print(set, files).run();
}

}  // namespace aipol::ir

// A name that hides something that every policy can read.
#include <algorithm>

#include "base/overloaded.h"
#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

constexpr std::string_view readable[] = {"request", "principal", "session",  "ai",
                                         "model",   "target",    "response", "usage",
                                         "system",  "decision",  "now"};

void look_at(Context& context, std::string_view what, const ast::Identifier& name) {
  if (std::ranges::find(readable, name.text) == std::end(readable)) return;
  context.report(name.span, "the {} `{}` hides what policies read under that name", what, name.text)
      .help("give it a name of its own");
}

}  // namespace

void shadowed_name(Context& context) {
  each_declared<ast::ConstDeclaration>(
      context, [&](const auto&, const auto& d) { look_at(context, "constant", d.name); });
  each_declared<ast::MeterDeclaration>(
      context, [&](const auto&, const auto& d) { look_at(context, "meter", d.name); });
  each_declared<ast::DataDeclaration>(
      context, [&](const auto&, const auto& d) { look_at(context, "document", d.name); });
  each_declared<ast::FunctionDeclaration>(context, [&](const auto&, const auto& d) {
    look_at(context, "function", d.name);
    for (const ast::Parameter& parameter : d.parameters) {
      // `fn f(principal: principal)` means the same thing by it.
      if (parameter.type.name.text != parameter.name.text)
        look_at(context, "parameter", parameter.name);
    }
  });
  each_node<ast::Quantified>(context, [&](const auto&, const ast::Quantified& node) {
    look_at(context, "variable", node.variable);
  });
}

}  // namespace aipol::lint

#include "difference/words.h"

#include <map>

#include "base/check.h"
#include "base/text.h"

namespace aipol::difference {

namespace {

using Place = std::pair<source::FileId, uint32_t>;

std::map<Place, const ast::Statement*> statements_of(const std::vector<ast::Tree>& trees) {
  std::map<Place, const ast::Statement*> out;
  for (const ast::Tree& tree : trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      const auto* policy = std::get_if<ast::PolicyDeclaration>(&declaration.node);
      if (policy == nullptr) continue;
      for (const ast::Statement& statement : policy->statements)
        out[{tree.file, statement.effect.span.begin}] = &statement;
    }
  }
  return out;
}

}  // namespace

// The plan has the statements of the policies that are not disabled, in their order.
Words::Words(const compiler::Compilation& compilation, plan::Plan& plan)
    : compilation_(compilation), nodes_(*compilation.set, plan) {
  auto written = statements_of(compilation.trees);
  for (const ir::Policy& policy : compilation.set->policies) {
    if (policy.disabled) continue;
    for (const ir::Statement& statement : policy.statements) {
      auto found = written.find({statement.span.file, statement.span.begin});
      AIPOL_CHECK(found != written.end(), "checked statements were written");
      statements_.push_back({&policy, &statement, found->second});
    }
  }
  AIPOL_CHECK(statements_.size() == plan.statements.size(), "the plan is of the set");
}

std::string Words::text(source::Span span) const {
  std::string_view whole = compilation_.files[span.file].text();
  std::string line = on_one_line(whole.substr(span.begin, span.end - span.begin));
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

std::string Words::statement(uint32_t number) const {
  return text(statements_[number].written->span);
}

std::string Words::effect(uint32_t number) const {
  const ast::Statement& written = *statements_[number].written;
  if (written.condition == nullptr) return text(written.span);
  source::Span span = written.span;
  span.end = written.condition->span.begin;
  std::string out = text(span);
  // What brackets stand around the condition are no part of the effect.
  while (out.ends_with('(') || out.ends_with(' ')) out.pop_back();
  if (out.ends_with("when")) out.resize(out.size() - 4);
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string Words::meter(const std::string& name) const {
  for (const ast::Tree& tree : compilation_.trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      const auto* meter = std::get_if<ast::MeterDeclaration>(&declaration.node);
      if (meter != nullptr && meter->name.text == name) return text(declaration.span);
    }
  }
  return name;
}

std::string Words::identity(uint32_t number) const {
  const ir::Policy& policy = *statements_[number].policy;
  if (!policy.id.empty()) return "@" + policy.id;
  return policy.package + "." + policy.name;
}

}  // namespace aipol::difference

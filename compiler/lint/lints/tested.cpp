#include "compiler/lint/lints/tested.h"

#include <algorithm>
#include <map>

#include "stdlib/native/glob.h"

namespace aipol::lint {

bool Tested::reaches(const ast::PolicyDeclaration& policy, bool denied) const {
  std::vector<ast::StringLiteral> globs = globs_of(policy);
  return std::ranges::any_of(tests, [&](const Test& test) {
    if (denied && !test.any_denial) return false;
    return globs.empty() || std::ranges::any_of(globs, [&](const ast::StringLiteral& glob) {
             native::Glob matcher(glob.value);
             return std::ranges::any_of(
                 test.paths, [&](const std::string& path) { return matcher.matches(path); });
           });
  });
}

namespace {

std::map<std::string, ExpressionPtr, std::less<>> constants(const Context& context) {
  std::map<std::string, ExpressionPtr, std::less<>> out;
  each_declared<ast::ConstDeclaration>(context,
                                       [&](const auto&, const ast::ConstDeclaration& constant) {
                                         out.emplace(constant.name.text, constant.value);
                                       });
  return out;
}

}  // namespace

Tested tested(const Context& context) {
  Tested out;
  auto named = constants(context);
  each_declared<ast::TestDeclaration>(
      context, [&](const ast::Declaration& declaration, const ast::TestDeclaration& test) {
        Tested::Test& of = out.tests.emplace_back();
        for (const ast::TestStep& step : test.steps) {
          const auto* expect = std::get_if<ast::ExpectStep>(&step.node);
          if (expect == nullptr) continue;
          const auto* deny = std::get_if<ast::ExpectDeny>(&expect->expectation);
          if (deny != nullptr && deny->policy) out.policies.emplace(deny->policy->text);
          if (deny != nullptr && !deny->policy) of.any_denial = true;
        }
        for (ExpressionPtr root : expressions_of(declaration)) {
          each_within(root, [&](const ast::Expression& part) {
            const auto* name = std::get_if<ast::Name>(&part.node);
            if (name != nullptr && name->text == "deny") of.any_denial = true;
            const std::string* text = literal_text(part);
            auto constant = name == nullptr ? named.end() : named.find(name->text);
            if (constant != named.end()) text = literal_text(*constant->second);
            if (text == nullptr) return;
            if (text->starts_with('/')) of.paths.push_back(text->substr(0, text->find('?')));
            out.policies.insert(*text);  // `decision.by == "…"`, `"…" in decision.reasons`
          });
        }
      });
  return out;
}

}  // namespace aipol::lint

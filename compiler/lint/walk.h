// Going through syntax trees, and the questions that several lints ask of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/lint/context.h"

namespace aipol::lint {

using ast::ExpressionPtr;

// The expressions directly within an expression, or within a declaration.
std::vector<ExpressionPtr> parts_of(const ast::Expression& expression);
std::vector<ExpressionPtr> expressions_of(const ast::Declaration& declaration);
std::vector<ExpressionPtr> expressions_of(const ast::Statement& statement);
std::vector<ExpressionPtr> expressions_of(const ast::Record& record);

// Calls visit(expression) for each expression below, outer ones first.
template <class F>
void each_within(ExpressionPtr expression, F&& visit) {
  if (expression == nullptr) return;
  visit(*expression);
  for (ExpressionPtr part : parts_of(*expression)) each_within(part, visit);
}

// Each expression of the set whose node is an N, as visit(expression, node).
template <class N, class F>
void each_node(const Context& context, F&& visit) {
  for (const ast::Tree* tree : context.own_trees()) {
    for (const ast::Declaration& declaration : tree->declarations) {
      for (ExpressionPtr root : expressions_of(declaration)) {
        each_within(root, [&](const ast::Expression& expression) {
          if (const N* node = std::get_if<N>(&expression.node)) visit(expression, *node);
        });
      }
    }
  }
}

// Each declaration of the set that is a D, as visit(declaration, node).
template <class D, class F>
void each_declared(const Context& context, F&& visit) {
  for (const ast::Tree* tree : context.own_trees()) {
    for (const ast::Declaration& declaration : tree->declarations) {
      if (const D* node = std::get_if<D>(&declaration.node)) visit(declaration, *node);
    }
  }
}

// Each statement with that effect, as visit(policy, statement); an empty word means any.
template <class F>
void each_statement(const Context& context, std::string_view effect, F&& visit) {
  each_declared<ast::PolicyDeclaration>(
      context, [&](const ast::Declaration&, const ast::PolicyDeclaration& policy) {
        for (const ast::Statement& statement : policy.statements) {
          if (effect.empty() || statement.effect.text == effect) visit(policy, statement);
        }
      });
}

// "request.path" of a name with fields, or empty.
std::string dotted(const ast::Expression& expression);
const std::string* literal_text(const ast::Expression& expression);
// Whether that name, or a name with fields such as `model.known`, stands anywhere within, or within
// the functions and constants that are named there.
bool reads(const Context& context, ExpressionPtr expression, std::string_view path);

// What a policy's scopes say, their globs and their conditions.
std::vector<ast::StringLiteral> globs_of(const ast::PolicyDeclaration& policy);
std::vector<ExpressionPtr> conditions_of(const ast::PolicyDeclaration& policy,
                                         const ast::Statement& statement);
const ast::Annotation* annotation_of(const ast::PolicyDeclaration& policy, std::string_view name);

// Of what stands behind an effect's word: whether that word is there, and the values behind it
// (behind the effect itself where the word is empty).
bool has_word(const std::vector<ast::Part>& parts, std::string_view word);
std::vector<ExpressionPtr> values_after(const std::vector<ast::Part>& parts, std::string_view word);

// A setting of a block, or null.
ExpressionPtr setting(const ast::Record& settings, std::string_view key);

// The declaration with its doc comment and its whole lines, where nothing else stands on them: what
// goes when it goes.
Span whole_lines(const Context& context, Span declaration);

// What takes the place of an expression: in brackets where that stood in brackets.
std::string in_place_of(const Context& context, const ast::Expression& expression,
                        std::string text);

// Days from that day ("2026-11-01") until today; nothing where it is no day.
std::optional<int64_t> days_since(std::string_view day);

}  // namespace aipol::lint

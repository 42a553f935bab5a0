// The parser's contexts to the syntax tree: one build_*.cpp for each family of constructs. A
// context that was broken off by an error has empty labels; what they would have given is
// ast::Invalid, or left out.
#pragma once

#include "compiler/ast/tree.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/parse/lexeme.h"
#include "grammar/AipolParser.h"

namespace aipol::parse {

class Builder {
 public:
  using Parser = grammar::AipolParser;

  Builder(const source::File& file, const Lexemes& lexemes, ast::Tree& tree,
          diagnostics::Diagnostics& diagnostics)
      : file_(file), lexemes_(lexemes), tree_(tree), diagnostics_(diagnostics) {}

  void package(Parser::PackageClauseContext* context);
  void declaration(Parser::DeclarationContext* context);

 private:
  // build_declarations.cpp
  ast::UseDeclaration use(Parser::UseDeclarationContext* context);
  ast::ConstDeclaration constant(Parser::ConstDeclarationContext* context);
  ast::EnumDeclaration enumeration(Parser::EnumDeclarationContext* context);
  ast::RecordDeclaration record_type(Parser::RecordDeclarationContext* context);
  ast::ExtendDeclaration extend(Parser::ExtendDeclarationContext* context);
  ast::FunctionDeclaration function(Parser::FunctionDeclarationContext* context);
  ast::BlockDeclaration block(Parser::BlockDeclarationContext* context);
  ast::MeterDeclaration meter(Parser::MeterDeclarationContext* context);
  ast::DetectorDeclaration detector(Parser::DetectorDeclarationContext* context);
  ast::ListDeclaration list_declaration(Parser::ListDeclarationContext* context);
  ast::GrantDeclaration grant(Parser::GrantDeclarationContext* context);
  ast::PromptDeclaration prompt(Parser::PromptDeclarationContext* context);
  ast::DataDeclaration data(Parser::DataDeclarationContext* context);
  ast::InvariantDeclaration invariant(Parser::InvariantDeclarationContext* context);
  bool native(Parser::NativeDeclarationContext* context, ast::Declaration& into);
  ast::FunctionDeclaration native_function(Parser::NativeFunctionContext* context);
  ast::ObjectDeclaration object(Parser::ObjectDeclarationContext* context);

  // build_types.cpp
  ast::TypeName type(Parser::TypeNameContext* context);
  std::vector<ast::FieldDeclaration> fields(Parser::FieldListContext* context);
  std::vector<ast::Parameter> parameters(Parser::ParameterListContext* context);
  std::vector<ast::Identifier> path(Parser::PathContext* context);

  // build_policy.cpp
  ast::PolicyDeclaration policy(Parser::PolicyDeclarationContext* context);
  ast::Annotation annotation(Parser::AnnotationContext* context);
  ast::Scope scope(Parser::ScopeContext* context);
  ast::Statement statement(Parser::StatementContext* context);
  std::vector<ast::Part> parts(const std::vector<Parser::PartContext*>& contexts);

  // build_test.cpp
  ast::TestDeclaration test(Parser::TestDeclarationContext* context);
  ast::TestStep step(Parser::TestStepContext* context);
  ast::TestStep given(Parser::GivenContext* context, source::Span place);
  ast::ExpectStep expectation(Parser::ExpectationContext* context);

  // build_expression.cpp
  ast::ExpressionPtr expression(Parser::ExpressionContext* context);
  ast::ExpressionPtr value(Parser::PartValueContext* context);
  ast::ExpressionPtr operand(antlr4::ParserRuleContext* context);
  ast::ExpressionPtr operand(Parser::OperandContext* context);
  ast::ExpressionPtr start_operand(Parser::StartOperandContext* context);
  ast::ExpressionPtr primary(Parser::PrimaryContext* context);
  ast::ExpressionPtr start_primary(Parser::StartPrimaryContext* context);
  ast::List list(Parser::ListLiteralContext* context);
  ast::ExpressionPtr with_postfixes(ast::ExpressionPtr object,
                                    const std::vector<Parser::PostfixContext*>& postfixes);
  ast::ExpressionPtr with_methods(ast::ExpressionPtr object,
                                  const std::vector<Parser::MethodContext*>& methods);
  ast::ExpressionPtr conditional(Parser::ConditionalContext* context);
  ast::ExpressionPtr quantified(Parser::QuantifiedContext* context);
  ast::ExpressionPtr parenthesized(Parser::ParenthesizedContext* context);
  ast::ExpressionPtr format(Parser::FormatStringContext* context);
  ast::Record record(Parser::RecordContext* context);
  std::vector<ast::ExpressionPtr> expressions(
      const std::vector<Parser::ExpressionContext*>& contexts);

  // build_operators.cpp: precedence over the flat list of an expression.
  struct Chain;
  ast::ExpressionPtr tree_of(Chain chain, source::Span place);
  ast::ExpressionPtr climb(Chain& chain, int power);
  ast::ExpressionPtr prefixed(Chain& chain, int power);
  ast::ExpressionPtr logical(Chain& chain, ast::ExpressionPtr first, int power);
  void comparison_chain(const Lexeme& sign, ast::ExpressionPtr left, const Lexeme& second);
  ast::ExpressionPtr binary(const Lexeme& sign, ast::ExpressionPtr left, ast::ExpressionPtr right);
  ast::ExpressionPtr unary(const Lexeme& sign, ast::ExpressionPtr operand);

  // build_literals.cpp, build_numbers.cpp
  ast::ExpressionPtr literal(const antlr4::Token* token);
  ast::ExpressionPtr number(const antlr4::Token* token);
  std::string text_value(const antlr4::Token* token);  // of a STRING
  std::string unescaped(std::string_view inside, uint32_t begin, bool format);
  size_t escape(std::string_view rest, uint32_t begin, std::string& result);

  // The words between `///`s before the token.
  std::string doc_before(const antlr4::Token* token) const;

  ast::Identifier identifier(const antlr4::Token* token) const;
  ast::Identifier identifier(Parser::NameContext* context) const;
  std::vector<ast::Identifier> identifiers(const std::vector<Parser::NameContext*>& contexts) const;
  std::vector<ast::Identifier> identifiers(const std::vector<antlr4::Token*>& tokens) const;

  source::Span span(const antlr4::Token* token) const;
  source::Span span(const antlr4::ParserRuleContext* context) const;
  std::string_view text(source::Span span) const {
    return file_.text().substr(span.begin, span.end - span.begin);
  }

  template <class N>
  ast::ExpressionPtr make(N node, source::Span span) {
    return tree_.arena.make<ast::Expression>(std::move(node), span);
  }
  ast::ExpressionPtr invalid(source::Span span) { return make(ast::Invalid{}, span); }
  static bool broken(const antlr4::ParserRuleContext* context) {
    return context == nullptr || context->exception != nullptr;
  }

  // How far below the root the expression in hand stands; see max_expression_height.
  bool too_high(size_t more, source::Span place);
  struct Height {
    Height(size_t& height, size_t more) : height(height), before(height) { height += more; }
    ~Height() { height = before; }
    size_t& height;
    size_t before;
  };

  const source::File& file_;
  const Lexemes& lexemes_;
  ast::Tree& tree_;
  diagnostics::Diagnostics& diagnostics_;
  size_t height_ = 0;
  source::Span
      place_;  // the first token of the declaration in hand: where its missing parts are said to be
};

}  // namespace aipol::parse

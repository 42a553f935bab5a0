// The syntax tree along its tokens to a document: a file for each family of constructs. The tree
// says what a token belongs to, the tokens what is written.
#pragma once

#include "compiler/format/neighbours.h"
#include "compiler/format/writer.h"

namespace aipol::format {

// Where an expression stands: the lines it is broken into begin where it does, or further right.
enum class Place : uint8_t {
  line,    // at the beginning of a line, which those below begin at too
  behind,  // something else: further lines are indented
  object,  // before a `.`, `[` or `(`
};

class Formatter : private Writer {
 public:
  Formatter(const source::File& file, const TokenStream& tokens, Document& document)
      : Writer(tokens, document), file_(file) {}

  void file(const ast::Tree& tree);

 private:
  // declarations.cpp
  Row& row() { return rows_.back(); }
  void new_row();
  void declaration(const ast::UseDeclaration& use);
  void declaration(const ast::ConstDeclaration& constant);
  void declaration(const ast::FunctionDeclaration& function);
  void declaration(const ast::MeterDeclaration& meter);
  void declaration(const ast::ListDeclaration& list);
  void declaration(const ast::GrantDeclaration& grant);
  void declaration(const ast::DataDeclaration& data);
  void path(size_t names);
  void column();

  // blocks.cpp: declarations of a name and what stands in braces
  void declaration(const ast::EnumDeclaration& enumeration);
  void declaration(const ast::RecordDeclaration& record);
  void declaration(const ast::ObjectDeclaration& object);
  void declaration(const ast::ExtendDeclaration& extend);
  void declaration(const ast::BlockDeclaration& block);
  void declaration(const ast::PromptDeclaration& prompt);
  void declaration(const ast::DetectorDeclaration& detector);
  void declaration(const ast::InvariantDeclaration& invariant);
  void fields(const std::vector<ast::FieldDeclaration>& fields);
  void field(const ast::FieldDeclaration& field);
  void comma_of_field(bool last);
  bool body(std::string_view keyword, const Bracket& bracket);

  // types.cpp
  void type(const ast::TypeName& type);
  void parameters(const std::vector<ast::Parameter>& parameters);

  // policies.cpp
  void declaration(const ast::PolicyDeclaration& policy);
  void annotation(const ast::Annotation& annotation);
  void scope(const ast::Scope& scope, uint32_t body);
  void statement(const ast::Statement& statement);
  void parts(const std::vector<ast::Part>& parts, bool in_columns = false);
  void values(const std::vector<ast::ExpressionPtr>& values);
  void condition(ast::ExpressionPtr condition);

  // tests.cpp
  void declaration(const ast::TestDeclaration& test);
  void step(const ast::LetStep& let);
  void step(const ast::AtStep& at);
  void step(const ast::AfterStep& after);
  void step(const ast::GivenDataStep& given);
  void step(const ast::GivenTargetStep& given);
  void step(const ast::SendStep& send);
  void step(const ast::ExpectStep& expect);

  // expressions.cpp
  void expression(ast::ExpressionPtr expression, Place place);
  void assigned(ast::ExpressionPtr value);
  void node(const ast::Invalid&, Place) {}
  void node(const ast::Name&, Place) { take(); }
  void node(const ast::BoolLiteral&, Place) { take(); }
  void node(const ast::IntLiteral&, Place);
  void node(const ast::FloatLiteral&, Place) { take(); }
  void node(const ast::UsdLiteral&, Place) { take(); }
  void node(const ast::DurationLiteral&, Place) { take(); }
  void node(const ast::ClockLiteral&, Place) { take(); }
  void node(const ast::StatusClassLiteral&, Place) { take(); }
  void node(const ast::StringLiteral&, Place) { take(); }
  void node(const ast::FormatString&, Place);
  void node(const ast::Field&, Place);
  void node(const ast::Call&, Place);
  void node(const ast::Index&, Place);
  void node(const ast::Unary&, Place);
  size_t parentheses(const ast::Expression& expression) const;
  size_t kept_parentheses(const ast::Expression& expression, size_t pairs, Place place) const;

  // operators.cpp
  void node(const ast::Binary&, Place);
  void node(const ast::Range&, Place);
  void node(const ast::Conditional&, Place);
  void node(const ast::Quantified&, Place);

  // lists.cpp
  void node(const ast::List&, Place);
  void node(const ast::Tuple&, Place);
  void node(const ast::Record&, Place);
  void node(const ast::Weighted&, Place);
  struct Cell;
  void table(const ast::List& rows);
  void table_row(const ast::Tuple& row, uint32_t table, std::vector<Cell>& cells);
  void line_up(const std::vector<std::vector<Cell>>& rows);
  void items(const std::vector<ast::ExpressionPtr>& items);
  void entries(const ast::Record& record);
  Bracket braces() const { return {Shape::hanging, true, is_tall(), false}; }

  // Whether the author broke the line between the two.
  bool line_break_between(source::Span first, source::Span second) const {
    return file_.text().substr(first.end, second.begin - first.end).contains('\n');
  }

  const source::File& file_;
  std::vector<Row> rows_;
  size_t kept_ = SIZE_MAX;  // the token at which no parentheses are dropped
};

}  // namespace aipol::format

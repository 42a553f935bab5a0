// Checks expressions within a scope, knowing which optional values are present there.
#pragma once

#include <functional>

#include "compiler/check/checker.h"
#include "compiler/check/scope.h"

namespace aipol::check {

class Expressions {
 public:
  // `present`: what is known present here (expressions of `has`).
  Expressions(Checker& checker, const Scope& scope, std::vector<ir::ExpressionPtr> present = {})
      : checker_(checker), scope_(scope), present_(std::move(present)) {}

  // The expression's type and value; `expected` guides literals and bare names, a mismatch is the
  // caller's to see.
  Typed check(ast::ExpressionPtr expression, TypePtr expected = nullptr);
  // The same, converted to `expected` where given, and present; null where anything was wrong (and
  // reported).
  ir::ExpressionPtr plain(ast::ExpressionPtr expression, TypePtr expected = nullptr);
  // The same, but perhaps absent.
  Typed perhaps(ast::ExpressionPtr expression, TypePtr expected);
  // The name of the type of what stands where no value does.
  std::string type_name(ast::ExpressionPtr expression);
  // A plain bool.
  ir::ExpressionPtr condition(ast::ExpressionPtr expression);
  // A plain value that is a constant; `what` names it in the message.
  const plan::Constant* constant(ast::ExpressionPtr expression, TypePtr expected,
                                 std::string_view what);

  // Whether a range may hold something, as far as that is known without what is looked for in it;
  // reported where it is empty.
  bool holds_something(const ast::Range& range);

  // The declaration that a name or `package.name` means, or null; nothing is reported.
  const ast::Symbol* symbol(ast::ExpressionPtr expression) const;
  // The detectors that stand there: the name of one, of a group, of a package with a `group all`,
  // or a list of those. Reported, and nothing, where it is something else.
  std::optional<std::vector<int64_t>> detectors(ast::ExpressionPtr expression);
  // What stands there once the names of constants, of `let` and of tables' columns are followed.
  Macro literal_behind(ast::ExpressionPtr expression) const;
  // From here on the condition is known to be `outcome`.
  void assume(ir::ExpressionPtr condition, bool outcome);
  const std::vector<ir::ExpressionPtr>& present() const { return present_; }
  const Scope& scope() const { return scope_; }

 private:
  // One for each kind of node; the files are named after them.
  Typed node(const ast::Invalid&, Span, TypePtr);
  Typed node(const ast::BoolLiteral&, Span, TypePtr);
  Typed node(const ast::IntLiteral&, Span, TypePtr);
  Typed node(const ast::FloatLiteral&, Span, TypePtr);
  Typed node(const ast::UsdLiteral&, Span, TypePtr);
  Typed node(const ast::DurationLiteral&, Span, TypePtr);
  Typed node(const ast::ClockLiteral&, Span, TypePtr);
  Typed node(const ast::StatusClassLiteral&, Span, TypePtr);
  Typed node(const ast::StringLiteral&, Span, TypePtr);
  Typed node(const ast::FormatString&, Span, TypePtr);
  Typed node(const ast::Name&, Span, TypePtr);
  Typed node(const ast::Field&, Span, TypePtr);
  Typed node(const ast::Call&, Span, TypePtr);
  Typed node(const ast::Index&, Span, TypePtr);
  Typed node(const ast::Unary&, Span, TypePtr);
  Typed node(const ast::Binary&, Span, TypePtr);
  Typed node(const ast::Conditional&, Span, TypePtr);
  Typed node(const ast::Quantified&, Span, TypePtr);
  Typed node(const ast::Range&, Span, TypePtr);
  Typed node(const ast::List&, Span, TypePtr);
  Typed node(const ast::Tuple&, Span, TypePtr);
  Typed node(const ast::Weighted&, Span, TypePtr);
  Typed node(const ast::Record&, Span, TypePtr);

  // conditional.cpp
  Typed branch(ast::ExpressionPtr expression, TypePtr expected);
  void settle(Typed& side, const Expressions& there) const;
  ir::ExpressionPtr present_of(ir::ExpressionPtr condition, const Typed& then,
                               const Typed& otherwise, Span span);
  // literal.cpp
  Typed literal(Kind kind, plan::Constant value, Span span);
  Typed text_as(const std::string& text, TypePtr expected, Span span);
  // name.cpp
  Typed member(std::string_view text, TypePtr enumeration, Span span);
  Typed declared(const ast::Symbol& symbol, Span span, TypePtr expected);
  std::optional<Typed> entity(const ast::Declaration& declaration, FileId file);
  Typed put_in(const Macro& macro, TypePtr expected);
  Typed unknown_name(std::string_view text, Span span, TypePtr expected);
  const std::string* qualifier(
      ast::ExpressionPtr expression) const;  // the package a bare name means, or null
  // record.cpp
  bool bind(const ast::Parameter& parameter, ast::ExpressionPtr given, TypePtr type, Local& out);
  Typed opaque_field(const Typed& record, const ast::Identifier& name, Span span);
  Typed entry_at(const ast::Record& record, const Macro& behind, const ast::Index& index,
                 Span span);
  ir::ExpressionPtr zero(TypePtr type, Span span);
  // field.cpp
  Typed record_field(const Typed& record, const ast::Identifier& name, Span span);
  Typed entry_of(const ast::Record& record, const Macro& behind, const ast::Field& field,
                 TypePtr expected);
  Typed row_field(const Typed& row, const ast::Identifier& name, Span span);
  // data.cpp
  Typed document(const ast::Symbol& symbol, const ast::DataDeclaration& data, Span span);
  Typed at_place(DataPlace place, TypePtr type, ir::ExpressionPtr present, Span span);
  Typed absent_record(Span span, const ast::Identifier& name);
  Typed data_field(const Typed& record, const ast::Identifier& name, Span span);
  Typed data_index(const Typed& map, const ast::Index& index, Span span);
  // quantified.cpp
  Typed over_items(const ast::Quantified& loop, const Macro& list, Span span);
  Typed over_constant(const ast::Quantified& loop, ir::ExpressionPtr list, Span span);
  Typed over_list(const ast::Quantified& loop, const Typed& list, Span span);
  ir::ExpressionPtr joined(ast::Quantifier quantifier, std::vector<ir::ExpressionPtr> parts,
                           Span span);
  ir::ExpressionPtr column_of(const types::Record& record, std::shared_ptr<const Row> row,
                              Span span);
  ir::ExpressionPtr rows_of(const Typed& list, std::shared_ptr<const Row>& row, Span span);
  // meter.cpp, detector.cpp, classifier.cpp: what stands behind their names
  Typed meter_field(const Typed& meter, const ast::Identifier& name, Span span);
  Typed detector_call(const Typed& detector, const ast::Identifier& name, const ast::Call& call,
                      Span span);
  Typed classifier_call(const Typed& classifier, const ast::Identifier& name, const ast::Call& call,
                        Span span);
  Typed granted(const ast::Call& call, Span span);
  Typed object_field(const Typed& object, const ast::Identifier& name, Span span);
  Typed source(std::string path, std::string key, const types::Field& field, Span span);
  // call.cpp
  Typed argument(ast::ExpressionPtr expression, const ast::TypeName& parameter, TypePtr type);
  Typed function_call(const ast::Symbol& symbol, const ast::Call& call, Span span);
  Typed put_in_function(const ast::Symbol& symbol, const ast::FunctionDeclaration& function,
                        const Scope& scope, Span span);
  void report_within(const ast::FunctionDeclaration& function, Span span);
  Typed native_call(const ast::Symbol& symbol, const Typed* self, Span self_span,
                    const ast::Call& call, Span span);
  Typed method_call(const Typed& self, Span self_span, const ast::Identifier& name,
                    const ast::Call& call, Span span);
  Typed keyed_call(const Typed& object, const ast::FunctionDeclaration& function,
                   const ast::Call& call, Span span);
  // A name that is compared with one of a target or a provider must be borne by some; reported
  // where none of the set bears it. (name.cpp)
  bool name_is_known(ir::ExpressionPtr read, const plan::Constant& names, Span span);
  // binary.cpp
  std::pair<Typed, Typed> operands(ast::ExpressionPtr left, ast::ExpressionPtr right);
  bool adapts(ast::ExpressionPtr expression) const;
  Typed logical(const ast::Binary& binary, Span span);
  Typed equality(const ast::Binary& binary, Span span);
  Typed comparison(const ast::Binary& binary, Span span);
  Typed arithmetic(const ast::Binary& binary, Span span);
  ir::ExpressionPtr concat(ir::ExpressionPtr left, ir::ExpressionPtr right, Span span);
  Typed coalesce(const ast::Binary& binary, Span span, TypePtr expected);
  Typed pattern(const ast::Binary& binary, Span span);
  // membership.cpp
  Macro named_literal(ast::ExpressionPtr expression) const;
  Macro part_behind(ast::ExpressionPtr whole, ast::ExpressionPtr object,
                    std::string_view key) const;
  Typed membership(const ast::Binary& binary, Span span);
  ir::ExpressionPtr in_range(ir::ExpressionPtr value, const ast::Range& range, const Scope& scope,
                             Span span);
  ir::ExpressionPtr in_collection(ast::ExpressionPtr value, ast::ExpressionPtr group, Span span);
  ir::ExpressionPtr in_list(ir::ExpressionPtr value, const ast::List& list, const Scope& scope,
                            Span span);
  ir::ExpressionPtr in_networks(ir::ExpressionPtr value, const Macro& group, Span span);

  Typed too_complex(Span span);
  bool puts_in_too_much(Span span);
  Typed poison() const { return {checker_.invalid(), nullptr, nullptr, nullptr, {}}; }
  Typed of(ir::ExpressionPtr value) const { return {value->type, value, nullptr, nullptr, {}}; }
  bool known_present(ir::ExpressionPtr present) const;
  ir::ExpressionPtr require_present(const Typed& typed, Span span);
  ir::ExpressionPtr convert(ir::ExpressionPtr value, TypePtr expected, Span span);

  Checker& checker_;
  const Scope& scope_;
  std::vector<ir::ExpressionPtr> present_;
};

// A parameter's value, or a part of it at that path, while a function is checked on its own:
// nothing is known of it. (function.cpp)
Typed opaque(Checker& checker, std::string path, TypePtr type, bool optional, Span span);

// The value as text, or null where its type has no text. (conditional.cpp)
ir::ExpressionPtr as_text(Checker& checker, ir::ExpressionPtr value);

// Whether a list of such items can be one constant of the plan, and its members be looked up;
// others are `Op::list`, and looked through.
bool holds_constants(TypePtr element);
// Whether the test holds for some item; null, and reported, where loops nest too deep.
// (quantified.cpp)
ir::ExpressionPtr any_item(Checker& checker, ir::ExpressionPtr list, Span span,
                           const std::function<ir::ExpressionPtr(ir::ExpressionPtr)>& test);
// Whether the list has the member; null as above. (membership.cpp)
ir::ExpressionPtr has_member(Checker& checker, ir::ExpressionPtr list, ir::ExpressionPtr member,
                             Span span);
// Each once, ascending. Items are all texts or all integers.
plan::Constant sorted_list(std::vector<plan::Constant> items);

}  // namespace aipol::check

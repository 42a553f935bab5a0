// Any bytes as a policy file: no crash, every span inside the file, and an error wherever something
// could not be read.
#include <cstdio>
#include <cstdlib>

#include "base/overloaded.h"
#include "compiler/parse/parse.h"

using namespace aipol;

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

class SpanCheck {
 public:
  explicit SpanCheck(size_t size) : size_(size) {}

  bool found_invalid = false;

  void span(source::Span span) const {
    require(span.begin <= span.end && span.end <= size_, "a span outside of the file");
  }

  void expression(ast::ExpressionPtr expression) {
    if (expression == nullptr) return;
    span(expression->span);
    std::visit(
        Overloaded{
            [&](const ast::Invalid&) { found_invalid = true; },
            [&](const ast::FormatString& node) { all(node.holes); },
            [&](const ast::Field& node) { this->expression(node.object), span(node.name.span); },
            [&](const ast::Call& node) { this->expression(node.callee), all(node.arguments); },
            [&](const ast::Index& node) {
              this->expression(node.object), this->expression(node.key);
            },
            [&](const ast::Unary& node) { span(node.op_span), this->expression(node.operand); },
            [&](const ast::Binary& node) {
              span(node.op_span), this->expression(node.left), this->expression(node.right);
            },
            [&](const ast::Conditional& node) {
              this->expression(node.condition), this->expression(node.then),
                  this->expression(node.otherwise);
            },
            [&](const ast::Quantified& node) {
              this->expression(node.list), this->expression(node.body);
            },
            [&](const ast::Range& node) {
              this->expression(node.low), this->expression(node.high);
            },
            [&](const ast::List& node) { all(node.items); },
            [&](const ast::Tuple& node) { all(node.items); },
            [&](const ast::Record& node) { record(node); },
            [](const auto&) {},
        },
        expression->node);
  }

  void declaration(const ast::Declaration& declaration) {
    span(declaration.span);
    std::visit(Overloaded{
                   [&](const ast::ConstDeclaration& node) { expression(node.value); },
                   [&](const ast::FunctionDeclaration& node) { expression(node.body); },
                   [&](const ast::BlockDeclaration& node) { record(node.settings); },
                   [&](const ast::PolicyDeclaration& node) { policy(node); },
                   [&](const ast::TestDeclaration& node) { expression(node.rows); },
                   [](const auto&) {},
               },
               declaration.node);
  }

 private:
  void all(const std::vector<ast::ExpressionPtr>& expressions) {
    for (ast::ExpressionPtr each : expressions) expression(each);
  }
  void record(const ast::Record& record) {
    for (const ast::RecordEntry& entry : record.entries) {
      span(entry.key.span);
      expression(entry.value);
    }
  }
  void policy(const ast::PolicyDeclaration& policy) {
    for (const ast::Scope& scope : policy.scopes) {
      span(scope.span);
      if (const auto* when = std::get_if<ast::WhenScope>(&scope.node)) expression(when->condition);
    }
    for (const ast::Statement& statement : policy.statements) {
      span(statement.span);
      expression(statement.condition);
      for (const ast::Part& part : statement.parts) {
        span(part.span);
        for (ast::ExpressionPtr value : part.values) expression(value);
      }
    }
  }

  size_t size_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  source::Files files;
  source::FileId file =
      files.add("fuzz.aipol", std::string(reinterpret_cast<const char*>(data), size));
  diagnostics::Diagnostics diagnostics;
  ast::Tree tree = parse::parse(files, file, diagnostics);
  SpanCheck check(size);
  for (const ast::Declaration& declaration : tree.declarations) check.declaration(declaration);
  require(!check.found_invalid || diagnostics.failed(), "something invalid without an error");
  for (const auto& diagnostic : diagnostics.all()) {
    check.span(diagnostic.span);
    require(!diagnostics::render(diagnostic, files, false).empty(), "an error that shows nothing");
  }
  ast::dump(tree);
  return 0;
}

#include "compiler/lint/walk.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "base/civil.h"
#include "base/overloaded.h"

namespace aipol::lint {

using Expressions = std::vector<ExpressionPtr>;

namespace {

void append(Expressions& out, ExpressionPtr expression) {
  if (expression != nullptr) out.push_back(expression);
}
void append(Expressions& out, const Expressions& more) {
  out.insert(out.end(), more.begin(), more.end());
}
void append(Expressions& out, const std::vector<ast::Part>& parts) {
  for (const ast::Part& part : parts) append(out, part.values);
}
void append(Expressions& out, const ast::Record& record) { append(out, expressions_of(record)); }

void append(Expressions& out, const ast::PolicyDeclaration& policy) {
  for (const ast::Annotation& annotation : policy.annotations) append(out, annotation.arguments);
  for (const ast::Scope& scope : policy.scopes) {
    if (const auto* when = std::get_if<ast::WhenScope>(&scope.node)) append(out, when->condition);
  }
  for (const ast::Statement& statement : policy.statements) append(out, expressions_of(statement));
}

void append(Expressions& out, const ast::ExpectStep& step) {
  if (const auto* deny = std::get_if<ast::ExpectDeny>(&step.expectation)) append(out, deny->status);
  if (const auto* holds = std::get_if<ast::ExpectCondition>(&step.expectation))
    append(out, holds->condition);
}

void append(Expressions& out, const ast::TestStep& step) {
  std::visit(Overloaded{
                 [&](const ast::LetStep& s) { append(out, s.value); },
                 [&](const ast::AtStep& s) { append(out, s.time); },
                 [&](const ast::AfterStep& s) { append(out, s.duration); },
                 [&](const ast::GivenDataStep& s) { append(out, s.value); },
                 [&](const ast::GivenTargetStep& s) {
                   append(out, s.model);
                   append(out, s.state);
                 },
                 [&](const ast::SendStep& s) {
                   append(out, s.call);
                   if (s.reply) append(out, *s.reply);
                 },
                 [&](const ast::ExpectStep& s) { append(out, s); },
             },
             step.node);
}

}  // namespace

Expressions expressions_of(const ast::Record& record) {
  Expressions out;
  for (const ast::RecordEntry& entry : record.entries) append(out, entry.value);
  return out;
}

Expressions expressions_of(const ast::Statement& statement) {
  Expressions out;
  append(out, statement.parts);
  append(out, statement.condition);
  return out;
}

Expressions parts_of(const ast::Expression& expression) {
  Expressions out;
  std::visit(Overloaded{
                 [&](const ast::FormatString& n) { append(out, n.holes); },
                 [&](const ast::Field& n) { append(out, n.object); },
                 [&](const ast::Call& n) {
                   append(out, n.callee);
                   append(out, n.arguments);
                 },
                 [&](const ast::Index& n) { out = {n.object, n.key}; },
                 [&](const ast::Unary& n) { out = {n.operand}; },
                 [&](const ast::Binary& n) { out = {n.left, n.right}; },
                 [&](const ast::Conditional& n) { out = {n.condition, n.then, n.otherwise}; },
                 [&](const ast::Quantified& n) { out = {n.list, n.body}; },
                 [&](const ast::Range& n) { out = {n.low, n.high}; },
                 [&](const ast::List& n) { append(out, n.items); },
                 [&](const ast::Tuple& n) { append(out, n.items); },
                 [&](const ast::Weighted& n) { out = {n.item, n.weight}; },
                 [&](const ast::Record& n) { append(out, n); },
                 [](const auto&) {},
             },
             expression.node);
  return out;
}

Expressions expressions_of(const ast::Declaration& declaration) {
  Expressions out;
  auto fields = [&](const auto& node) {
    for (const ast::FieldDeclaration& field : node.fields) append(out, field.fallback);
  };
  std::visit(Overloaded{
                 [&](const ast::ConstDeclaration& n) { append(out, n.value); },
                 [&](const ast::RecordDeclaration& n) { fields(n); },
                 [&](const ast::ObjectDeclaration& n) { fields(n); },
                 [&](const ast::ExtendDeclaration& n) { fields(n); },
                 [&](const ast::FunctionDeclaration& n) { append(out, n.body); },
                 [&](const ast::BlockDeclaration& n) { append(out, n.settings); },
                 [&](const ast::MeterDeclaration& n) { append(out, n.parts); },
                 [&](const ast::DetectorDeclaration& n) {
                   for (const auto& entry : n.entries) append(out, entry.value);
                 },
                 [&](const ast::ListDeclaration& n) { append(out, n.members.items); },
                 [&](const ast::GrantDeclaration& n) { append(out, n.parts); },
                 [&](const ast::PromptDeclaration& n) { append(out, n.settings); },
                 [&](const ast::InvariantDeclaration& n) {
                   for (const auto& rule : n.rules) append(out, rule.condition);
                 },
                 [&](const ast::PolicyDeclaration& n) { append(out, n); },
                 [&](const ast::TestDeclaration& n) {
                   append(out, n.rows);
                   for (const ast::TestStep& step : n.steps) append(out, step);
                 },
                 [](const auto&) {},
             },
             declaration.node);
  return out;
}

std::string dotted(const ast::Expression& expression) {
  if (const auto* name = std::get_if<ast::Name>(&expression.node)) return std::string(name->text);
  const auto* field = std::get_if<ast::Field>(&expression.node);
  if (field == nullptr) return {};
  std::string object = dotted(*field->object);
  return object.empty() ? object : object + "." + std::string(field->name.text);
}

const std::string* literal_text(const ast::Expression& expression) {
  const auto* literal = std::get_if<ast::StringLiteral>(&expression.node);
  return literal == nullptr ? nullptr : &literal->value;
}

namespace {

// The value of a constant or the body of a function of that name, as a file sees it.
ExpressionPtr definition(const Context& context, source::FileId file, std::string_view name) {
  const std::vector<ast::Symbol>* found = context.subject.symbols.visible(file, name);
  if (found == nullptr) return nullptr;
  const ast::Declaration& declaration = *found->front().declaration;
  if (const auto* constant = std::get_if<ast::ConstDeclaration>(&declaration.node))
    return constant->value;
  const auto* function = std::get_if<ast::FunctionDeclaration>(&declaration.node);
  return function == nullptr ? nullptr : function->body;
}

bool reads_in(const Context& context, ExpressionPtr expression, std::string_view path,
              std::set<ExpressionPtr>& seen) {
  bool found = false;
  std::vector<ExpressionPtr> named;
  each_within(expression, [&](const ast::Expression& part) {
    std::string text = dotted(part);
    found = found || text == path || text.starts_with(std::string(path) + ".");
    if (const auto* name = std::get_if<ast::Name>(&part.node))
      append(named, definition(context, part.span.file, name->text));
  });
  return found || std::ranges::any_of(named, [&](ExpressionPtr next) {
           return seen.insert(next).second && reads_in(context, next, path, seen);
         });
}

}  // namespace

bool reads(const Context& context, ExpressionPtr expression, std::string_view path) {
  std::set<ExpressionPtr> seen;
  return expression != nullptr && reads_in(context, expression, path, seen);
}

std::vector<ast::StringLiteral> globs_of(const ast::PolicyDeclaration& policy) {
  std::vector<ast::StringLiteral> out;
  for (const ast::Scope& scope : policy.scopes) {
    if (const auto* on = std::get_if<ast::OnScope>(&scope.node))
      out.insert(out.end(), on->globs.begin(), on->globs.end());
  }
  return out;
}

Expressions conditions_of(const ast::PolicyDeclaration& policy, const ast::Statement& statement) {
  Expressions out;
  for (const ast::Scope& scope : policy.scopes) {
    if (const auto* when = std::get_if<ast::WhenScope>(&scope.node)) append(out, when->condition);
  }
  append(out, statement.condition);
  return out;
}

const ast::Annotation* annotation_of(const ast::PolicyDeclaration& policy, std::string_view name) {
  auto found = std::ranges::find(policy.annotations, name,
                                 [](const ast::Annotation& a) { return a.name.text; });
  return found == policy.annotations.end() ? nullptr : &*found;
}

bool has_word(const std::vector<ast::Part>& parts, std::string_view word) {
  return std::ranges::any_of(parts, [&](const ast::Part& part) {
    if (part.is_word()) return part.word.text == word;
    return std::ranges::any_of(part.values,
                               [&](ExpressionPtr value) { return dotted(*value) == word; });
  });
}

Expressions values_after(const std::vector<ast::Part>& parts, std::string_view word) {
  for (size_t i = 0; i < parts.size(); ++i) {
    if (word.empty() && i == 0 && !parts[i].is_word()) return parts[i].values;
    bool here = !word.empty() && parts[i].is_word() && parts[i].word.text == word;
    if (here && i + 1 < parts.size()) return parts[i + 1].values;
  }
  return {};
}

ExpressionPtr setting(const ast::Record& settings, std::string_view key) {
  auto found = std::ranges::find(settings.entries, key,
                                 [](const ast::RecordEntry& entry) { return entry.key.text; });
  return found == settings.entries.end() ? nullptr : found->value;
}

Span whole_lines(const Context& context, Span declaration) {
  std::string_view text = context.subject.files[declaration.file].text();
  auto blank = [](std::string_view part) {
    return part.find_first_not_of(" \t\r") == std::string_view::npos;
  };
  size_t end = std::min(text.find('\n', declaration.end), text.size());
  size_t before = declaration.begin == 0 ? text.npos : text.rfind('\n', declaration.begin - 1);
  size_t begin = before == text.npos ? 0 : before + 1;
  if (!blank(text.substr(declaration.end, end - declaration.end)) ||
      !blank(text.substr(begin, declaration.begin - begin)))
    return declaration;
  while (begin > 1) {  // the doc comment above
    size_t above = text.rfind('\n', begin - 2);
    size_t line = above == text.npos ? 0 : above + 1;
    std::string_view words = text.substr(line, begin - line);
    words.remove_prefix(std::min(words.find_first_not_of(" \t"), words.size()));
    if (!words.starts_with("///")) break;
    begin = line;
  }
  return {declaration.file, static_cast<uint32_t>(begin),
          static_cast<uint32_t>(std::min(end + 1, text.size()))};
}

std::string in_place_of(const Context& context, const ast::Expression& expression,
                        std::string text) {
  return context.text(expression.span).starts_with('(') ? "(" + text + ")" : text;
}

std::optional<int64_t> days_since(std::string_view day) {
  std::optional<int64_t> time = parse_time(day);
  if (!time) return std::nullopt;
  auto now = std::chrono::system_clock::now().time_since_epoch();
  auto passed = now - std::chrono::nanoseconds(*time);
  return std::chrono::floor<std::chrono::days>(passed).count();
}

}  // namespace aipol::lint

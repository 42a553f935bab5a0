#include "compiler/check/setting_forms.h"

#include <algorithm>

#include "compiler/check/expressions.h"

namespace aipol::check {

namespace {

// sub, org.team, san.uri: a claim's path.
std::optional<std::string> claim(const ast::Expression* expression) {
  if (const auto* name = std::get_if<ast::Name>(&expression->node)) return std::string(name->text);
  if (const auto* text = std::get_if<ast::StringLiteral>(&expression->node)) return text->value;
  const auto* field = std::get_if<ast::Field>(&expression->node);
  if (field == nullptr) return std::nullopt;
  std::optional<std::string> outer = claim(field->object);
  if (!outer) return std::nullopt;
  return *outer + "." + std::string(field->name.text);
}

class MappingReader {
 public:
  MappingReader(Checker& checker, FileId file)
      : checker_(checker), scope_{file, nullptr, {}, false} {}

  std::optional<plan::Identity::Mapping> read(const ast::RecordEntry& entry) {
    const std::vector<types::Field>& fields = checker_.set.schema.object("principal")->fields;
    const types::Field* field = types::find(fields, entry.key.text);
    if (field == nullptr || field->name == "method") {
      checker_.report(entry.key.span, diagnostics::unknown_field, entry.key.text, "principal")
          .suggest(entry.key.text, types::names(fields));
      return std::nullopt;
    }
    plan::Identity::Mapping out;
    out.field = field->name;
    if (constant(*entry.value, *field, out) || membership(*entry.value, *field, out)) return out;
    if (std::optional<std::string> path = claim(entry.value)) {
      out.claim = std::move(*path);
      return out;
    }
    checker_.report(entry.value->span, diagnostics::bad_setting, checker_.text(entry.value->span),
                    "is not a claim, such as `sub` or `org.team`");
    return std::nullopt;
  }

 private:
  // `kind: app` is what it is for everybody; other enum fields are claims.
  bool constant(const ast::Expression& value, const types::Field& field,
                plan::Identity::Mapping& out) {
    const auto* name = std::get_if<ast::Name>(&value.node);
    if (const auto* truth = std::get_if<ast::BoolLiteral>(&value.node);
        truth && field.type->is(Kind::boolean)) {
      out.value = truth->value;
      return true;
    }
    if (name == nullptr || field.name != "kind") return false;
    auto member = checker_.enumeration(field.type).member(name->text);
    if (member) out.value = static_cast<int64_t>(*member);
    return member.has_value();
  }

  // "mfa" in amr
  bool membership(const ast::Expression& value, const types::Field& field,
                  plan::Identity::Mapping& out) {
    const auto* in = std::get_if<ast::Binary>(&value.node);
    if (in == nullptr || in->op != ast::BinaryOperator::in) return false;
    const auto* member = std::get_if<ast::StringLiteral>(&in->left->node);
    std::optional<std::string> path = claim(in->right);
    if (member == nullptr || !path) return false;
    if (!field.type->is(Kind::boolean))
      checker_.report(value.span, diagnostics::type_mismatch, field.type->name, "bool");
    out.claim = std::move(*path);
    out.member = member->value;
    return true;
  }

  Checker& checker_;
  Scope scope_;
};

}  // namespace

std::vector<plan::Identity::Mapping> read_mapping(Checker& checker, FileId file,
                                                  const ast::Expression* expression) {
  std::vector<plan::Identity::Mapping> out;
  const auto* record = std::get_if<ast::Record>(&expression->node);
  if (record == nullptr) {
    checker.report(expression->span, diagnostics::type_mismatch, "record", "something else")
        .help("write `map: {{ id: sub, … }}`");
    return out;
  }
  std::set<std::string_view> seen;
  for (const ast::RecordEntry& entry : record->entries) {
    if (!seen.insert(entry.key.text).second)
      checker.report(entry.key.span, diagnostics::duplicate_key, entry.key.text);
    if (auto mapping = MappingReader(checker, file).read(entry)) out.push_back(std::move(*mapping));
  }
  return out;
}

plan::State read_store(Checker& checker, const ast::Expression* expression) {
  const auto* name = std::get_if<ast::Name>(&expression->node);
  if (name != nullptr && name->text == "memory") return {};
  const auto* call = std::get_if<ast::Call>(&expression->node);
  const auto* kind = call == nullptr ? nullptr : std::get_if<ast::Name>(&call->callee->node);
  const ast::StringLiteral* at = nullptr;
  if (call != nullptr && call->arguments.size() == 1)
    at = std::get_if<ast::StringLiteral>(&call->arguments[0]->node);
  if (kind != nullptr && at != nullptr && !at->value.empty()) {
    if (kind->text == "sqlite") return {plan::State::Kind::sqlite, at->value};
    if (kind->text == "redis") return {plan::State::Kind::redis, at->value};
  }
  checker.report(expression->span, diagnostics::bad_setting, checker.text(expression->span),
                 "is not a store: `memory`, `sqlite(\"FILE\")` or `redis(\"redis://HOST\")`");
  return {};
}

std::vector<plan::Prompt::Part> read_template(Checker& checker, const ast::Expression* expression,
                                              const std::vector<std::string>& parameters) {
  if (const auto* text = std::get_if<ast::StringLiteral>(&expression->node))
    return {{text->value, std::nullopt}};
  const auto* format = std::get_if<ast::FormatString>(&expression->node);
  if (format == nullptr) {
    checker.report(expression->span, diagnostics::type_mismatch, "string", "something else");
    return {};
  }
  std::vector<plan::Prompt::Part> out;
  for (size_t i = 0; i < format->texts.size(); ++i) {
    if (!format->texts[i].empty()) out.push_back({format->texts[i], std::nullopt});
    if (i == format->holes.size()) break;
    std::string_view name = checker.text(format->holes[i]->span);
    auto parameter = std::ranges::find(parameters, name);
    if (parameter == parameters.end()) {
      checker.report(format->holes[i]->span, diagnostics::unknown_name, name)
          .suggest(name, parameters);
      continue;
    }
    out.push_back({"", static_cast<uint32_t>(parameter - parameters.begin())});
  }
  return out;
}

}  // namespace aipol::check

#include "compiler/check/settings.h"

#include <algorithm>
#include <set>

#include "compiler/check/expressions.h"

namespace aipol::check {

namespace {

// env("NAME") or file("PATH").
std::optional<plan::Secret> secret(const ast::Expression& expression) {
  const auto* call = std::get_if<ast::Call>(&expression.node);
  const auto* name = call == nullptr ? nullptr : std::get_if<ast::Name>(&call->callee->node);
  if (name == nullptr || call->arguments.size() != 1 ||
      (name->text != "env" && name->text != "file"))
    return std::nullopt;
  const auto* text = std::get_if<ast::StringLiteral>(&call->arguments[0]->node);
  if (text == nullptr || text->value.empty()) return std::nullopt;
  return plan::Secret{
      name->text == "env" ? plan::Secret::From::environment : plan::Secret::From::file,
      text->value};
}

class SettingsCheck {
 public:
  SettingsCheck(Checker& checker, FileId file, std::string_view what)
      : checker_(checker), scope_{file, nullptr, {}, false}, what_(what) {}

  bool record(const ast::Record& given, Span span, std::string_view name,
              const std::vector<types::Field>& attributes, Settings& settings) {
    const ast::Symbol& symbol = checker_.symbols.in_package(ast::prelude, name)->front();
    const auto& declared = std::get<ast::RecordDeclaration>(symbol.declaration->node);
    bool good = true;
    std::set<std::string_view> seen;
    for (const ast::RecordEntry& entry : given.entries) {
      if (!seen.insert(entry.key.text).second) {
        checker_.report(entry.key.span, diagnostics::duplicate_key, entry.key.text);
        good = false;
        continue;
      }
      good = this->entry(entry, declared, symbol.file, attributes, settings) && good;
    }
    return defaults(span, declared, symbol.file, seen, settings) && good;
  }

 private:
  bool entry(const ast::RecordEntry& entry, const ast::RecordDeclaration& declared,
             FileId declared_in, const std::vector<types::Field>& attributes, Settings& settings) {
    TypePtr type = nullptr;
    auto field = std::ranges::find(declared.fields, entry.key.text,
                                   [](const auto& f) { return f.name.text; });
    if (field != declared.fields.end()) {
      type = checker_.type(field->type, declared_in);
    } else if (const types::Field* attribute = types::find(attributes, entry.key.text)) {
      type = attribute->attribute ? attribute->type : nullptr;
    }
    if (type == nullptr) {
      std::vector<std::string> known;
      for (const auto& f : declared.fields) known.emplace_back(f.name.text);
      for (const auto& a : attributes) {
        if (a.attribute) known.push_back(a.name);
      }
      checker_.report(entry.key.span, diagnostics::unknown_setting, entry.key.text, what_)
          .suggest(entry.key.text, known);
      misspelt_.insert(diagnostics::nearest(entry.key.text, known));
      return false;
    }
    if (type->is(Kind::invalid)) return false;
    return value(std::string(entry.key.text), *entry.value, type, scope_, true, settings);
  }

  bool value(const std::string& key, const ast::Expression& expression, TypePtr type,
             const Scope& scope, bool given, Settings& settings) {
    if (type->is(Kind::secret)) return secret_value(key, expression, type, settings);
    if (type->is(Kind::address)) return address(key, expression, type, scope, settings);
    if (type->is(Kind::mapping) || type->is(Kind::store) || type->is(Kind::prompt_text)) {
      settings[key] = {&expression, type, expression.span, given};
      return true;
    }
    if (type->is(Kind::record)) {
      const auto* nested = std::get_if<ast::Record>(&expression.node);
      if (nested == nullptr) {
        checker_
            .report(expression.span, diagnostics::type_mismatch, type->name,
                    Expressions(checker_, scope).type_name(&expression))
            .help("write `{}: {{ … }}`", key);
        return false;
      }
      Settings inner;
      bool good = record(*nested, expression.span, type->name, {}, inner);
      settings[key] = {std::move(inner), type, expression.span, given};
      return good;
    }
    Expressions expressions(checker_, scope);
    const plan::Constant* constant = expressions.constant(&expression, type, "a setting");
    if (constant == nullptr) return false;
    settings[key] = {*constant, type, expression.span, given};
    return true;
  }

  // A text, or a secret: addresses of webhooks are as good as passwords.
  bool address(const std::string& key, const ast::Expression& expression, TypePtr type,
               const Scope& scope, Settings& settings) {
    if (auto found = secret(expression)) {
      settings[key] = {std::move(*found), type, expression.span, true};
      return true;
    }
    const plan::Constant* text =
        Expressions(checker_, scope)
            .constant(&expression, checker_.simple(Kind::string), "a setting");
    if (text == nullptr) return false;
    settings[key] = {*text, type, expression.span, true};
    return true;
  }

  bool secret_value(const std::string& key, const ast::Expression& expression, TypePtr type,
                    Settings& settings) {
    if (auto found = secret(expression)) {
      settings[key] = {std::move(*found), type, expression.span, true};
      return true;
    }
    checker_.report(expression.span, diagnostics::secret_in_text)
        .help("take it from the environment or a file: `{}: env(\"NAME\")` or `{}: file(\"PATH\")`",
              key, key);
    return false;
  }

  bool defaults(Span span, const ast::RecordDeclaration& declared, FileId declared_in,
                const std::set<std::string_view>& given, Settings& settings) {
    bool good = true;
    for (const ast::FieldDeclaration& field : declared.fields) {
      std::string name(field.name.text);
      if (given.contains(field.name.text)) continue;
      if (field.fallback != nullptr) {
        Scope scope{declared_in, nullptr, {}, false};
        good = value(name, *field.fallback, checker_.type(field.type, declared_in), scope, false,
                     settings) &&
               good;
      } else if (!field.type.optional && !misspelt_.contains(name)) {
        checker_.report(span, diagnostics::missing_setting, what_, name);
        good = false;
      }
    }
    return good;
  }

  Checker& checker_;
  Scope scope_;
  std::string_view what_;
  std::set<std::string> misspelt_;  // what was probably meant by unknown settings
};

}  // namespace

bool check_settings(Checker& checker, FileId file, const ast::Record& given, Span span,
                    std::string_view record, std::string_view what,
                    const std::vector<types::Field>& attributes, Settings& settings) {
  return SettingsCheck(checker, file, what).record(given, span, record, attributes, settings);
}

const std::string& member_text(const Checker& checker, const Setting& setting) {
  return checker.enumeration(setting.type).members[static_cast<size_t>(setting.integer())];
}

}  // namespace aipol::check

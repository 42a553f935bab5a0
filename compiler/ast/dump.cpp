// One line for each thing, indented below what holds it; expressions as (operator operand…).
#include <fmt/format.h>

#include "base/overloaded.h"
#include "compiler/ast/quote.h"
#include "compiler/ast/tree.h"

namespace aipol::ast {

namespace {

class Dump {
 public:
  std::string text;

  void tree(const Tree& tree) {
    if (!tree.package.empty()) line("package {}", path(tree.package));
    for (const Declaration& declaration : tree.declarations) {
      std::visit([&](const auto& node) { this->declaration(node, declaration.doc); },
                 declaration.node);
    }
  }

 private:
  struct Indent {
    explicit Indent(Dump& dump) : dump(dump) { ++dump.level_; }
    ~Indent() { --dump.level_; }
    Dump& dump;
  };

  template <class... A>
  void line(fmt::format_string<A...> pattern, A&&... arguments) {
    text.append(static_cast<size_t>(level_) * 2, ' ');
    text += fmt::format(pattern, std::forward<A>(arguments)...);
    text += '\n';
  }
  void doc(const std::string& words) {
    if (!words.empty()) line("doc {}", in_quotes(words));
  }
  static std::string path(const std::vector<Identifier>& path) {
    std::string result;
    for (const Identifier& part : path)
      result += fmt::format("{}{}", result.empty() ? "" : ".", part.text);
    return result;
  }
  static std::string type(const TypeName& type) {
    std::string result = type.package ? fmt::format("{}.{}", type.package->text, type.name.text)
                                      : std::string(type.name.text);
    for (size_t i = 0; i < type.arguments.size(); ++i) {
      result += fmt::format("{}{}", i == 0 ? "<" : ", ", Dump::type(type.arguments[i]));
    }
    if (!type.arguments.empty()) result += '>';
    return type.optional ? result + '?' : result;
  }

  void declaration(const UseDeclaration& use, const std::string& words) {
    line("use {}{}", path(use.path),
         use.alias ? fmt::format(" as {}", use.alias->text) : std::string());
    Indent inside(*this);
    doc(words);
  }
  void declaration(const ConstDeclaration& constant, const std::string& words) {
    line("const {}{}", constant.name.text,
         constant.type ? fmt::format(": {}", type(*constant.type)) : std::string());
    Indent inside(*this);
    doc(words);
    line("{}", dump(*constant.value));
  }
  void declaration(const EnumDeclaration& enumeration, const std::string& words) {
    line("{}{}enum {}", enumeration.native ? "native " : "", enumeration.open ? "open " : "",
         enumeration.name.text);
    Indent inside(*this);
    doc(words);
    for (const EnumMember& member : enumeration.members) line("{}", in_quotes(member.text));
  }
  void declaration(const RecordDeclaration& record, const std::string& words) {
    line("{}record {}", record.native ? "native " : "", record.name.text);
    fields(record.fields, words);
  }
  void declaration(const ObjectDeclaration& object, const std::string& words) {
    line("native object {} at {}", object.name.text, object.phase.text);
    fields(object.fields, words);
  }
  void declaration(const ExtendDeclaration& extend, const std::string& words) {
    line("extend {}", extend.object.text);
    fields(extend.fields, words);
  }
  void fields(const std::vector<FieldDeclaration>& fields, const std::string& words) {
    Indent inside(*this);
    doc(words);
    for (const FieldDeclaration& field : fields) {
      line("{}: {}{}{}", field.name.text, type(field.type),
           field.fallback ? " = " + dump(*field.fallback) : "",
           field.phase ? fmt::format(" at {}", field.phase->text) : std::string());
      Indent below(*this);
      doc(field.doc);
    }
  }
  void declaration(const FunctionDeclaration& function, const std::string& words) {
    line("{}fn {} -> {}", function.body ? "" : "native ", function.name.text,
         type(function.result));
    Indent inside(*this);
    doc(words);
    for (const Identifier& parameter : function.type_parameters) line("type {}", parameter.text);
    for (const Parameter& parameter : function.parameters)
      line("{}: {}", parameter.name.text, type(parameter.type));
    line("= {}", function.body ? dump(*function.body) : in_quotes(function.native_symbol));
  }
  void declaration(const BlockDeclaration& block, const std::string& words) {
    line("{}{}{}{}", block.keyword.text,
         block.name ? fmt::format(" {}", block.name->text) : std::string(),
         block.label ? " " + in_quotes(*block.label) : "",
         block.variant ? fmt::format(" : {}", block.variant->text) : std::string());
    Indent inside(*this);
    doc(words);
    entries(block.settings);
  }
  void entries(const Record& record) {
    for (const RecordEntry& entry : record.entries) {
      line("{}: {}", entry.quoted ? in_quotes(entry.key.text) : std::string(entry.key.text),
           dump(*entry.value));
    }
  }

  void declaration(const MeterDeclaration& meter, const std::string& words) {
    line("meter {} ={}", meter.name.text, parts(meter.parts));
    Indent inside(*this);
    doc(words);
  }
  void declaration(const DetectorDeclaration& detector, const std::string& words) {
    line("detector {}", detector.name.text);
    Indent inside(*this);
    doc(words);
    for (const auto& entry : detector.entries) line("{} {}", entry.key.text, dump(*entry.value));
  }
  void declaration(const ListDeclaration& list, const std::string& words) {
    line("{} {}", list.keyword.text, list.name.text);
    Indent inside(*this);
    doc(words);
    for (ExpressionPtr member : list.members.items) line("{}", dump(*member));
  }
  void declaration(const GrantDeclaration& grant, const std::string& words) {
    line("grant{}", parts(grant.parts));
    Indent inside(*this);
    doc(words);
  }
  void declaration(const PromptDeclaration& prompt, const std::string& words) {
    line("prompt {}{}", prompt.name.text,
         prompt.version ? fmt::format(" {}", prompt.version->text) : std::string());
    Indent inside(*this);
    doc(words);
    for (const Parameter& parameter : prompt.parameters)
      line("{}: {}", parameter.name.text, type(parameter.type));
    entries(prompt.settings);
  }
  void declaration(const DataDeclaration& data, const std::string& words) {
    line("data {} from {}: {}", data.name.text, in_quotes(data.file), type(data.type));
    Indent inside(*this);
    doc(words);
  }
  void declaration(const InvariantDeclaration& invariant, const std::string& words) {
    line("invariant {}", invariant.name.text);
    Indent inside(*this);
    doc(words);
    for (const auto& rule : invariant.rules) {
      line("{} {}{}", rule.never ? "never" : "always", rule.effect.text,
           rule.condition == nullptr ? std::string() : " when " + dump(*rule.condition));
    }
  }

  void declaration(const PolicyDeclaration& policy, const std::string& words) {
    line("policy {}{}", policy.name.text, policy.title ? " " + in_quotes(*policy.title) : "");
    Indent inside(*this);
    doc(words);
    for (const Annotation& annotation : policy.annotations) {
      line("@{}{}", annotation.name.text, optional_parts(annotation.arguments));
    }
    for (const Scope& scope : policy.scopes)
      std::visit([&](const auto& node) { this->scope(node); }, scope.node);
    for (const Statement& statement : policy.statements) this->statement(statement);
  }
  void scope(const OnScope& on) {
    std::string result = "on";
    for (const Identifier& method : on.methods) result += fmt::format(" {}", method.text);
    for (const StringLiteral& glob : on.globs) result += " " + in_quotes(glob.value);
    line("{}", result);
  }
  void scope(const WhenScope& when) { line("when {}", dump(*when.condition)); }

  static std::string optional_parts(const std::vector<ExpressionPtr>& parts) {
    std::string result;
    for (ExpressionPtr part : parts) {
      if (part != nullptr) result += " " + dump(*part);
    }
    return result;
  }
  static std::string parts(const std::vector<Part>& parts) {
    std::string result;
    for (const Part& part : parts) {
      if (part.is_word()) result += fmt::format(" `{}`", part.word.text);
      for (size_t i = 0; i < part.values.size(); ++i)
        result += (i == 0 ? " " : ", ") + dump(*part.values[i]);
    }
    return result;
  }
  void statement(const Statement& statement) {
    line("{}{}", statement.effect.text, parts(statement.parts));
    Indent inside(*this);
    doc(statement.doc);
    if (statement.condition != nullptr) line("when {}", dump(*statement.condition));
  }

  void declaration(const TestDeclaration& test, const std::string& words) {
    line("test {}", in_quotes(test.name));
    Indent inside(*this);
    doc(words);
    if (test.rows != nullptr) {
      std::string columns;
      for (const Identifier& column : test.columns) columns += fmt::format(" {}", column.text);
      line("for{} in {}", columns, dump(*test.rows));
    }
    for (const TestStep& step : test.steps)
      std::visit([&](const auto& node) { this->step(node); }, step.node);
  }
  void step(const LetStep& let) { line("let {} = {}", let.name.text, dump(*let.value)); }
  void step(const AtStep& at) { line("at {}", dump(*at.time)); }
  void step(const AfterStep& after) { line("after {}", dump(*after.duration)); }
  void step(const GivenDataStep& given) {
    line("given data {} = {}", given.name.text, dump(*given.value));
  }
  void step(const GivenTargetStep& given) {
    line("given {} {}", given.keyword.text, dump(*given.model));
    Indent inside(*this);
    entries(given.state);
  }
  void step(const SendStep& send) {
    line("send");
    {
      Indent inside(*this);
      entries(send.call);
    }
    if (!send.reply) return;
    line("reply");
    Indent inside(*this);
    entries(*send.reply);
  }
  void step(const ExpectStep& expect) {
    line("expect {}",
         std::visit(Overloaded{
                        [](const ExpectAllow&) { return std::string("allow"); },
                        [](const ExpectDeny& deny) {
                          return "deny" + optional_parts({deny.status}) +
                                 (deny.policy ? fmt::format(" by {}", deny.policy->text)
                                              : std::string());
                        },
                        [](const ExpectRoute& route) { return "route " + in_quotes(route.model); },
                        [](const ExpectCondition& expected) { return dump(*expected.condition); },
                    },
                    expect.expectation));
  }

  int level_ = 0;
};

}  // namespace

std::string dump(const Tree& tree) {
  Dump dump;
  dump.tree(tree);
  return std::move(dump.text);
}

}  // namespace aipol::ast

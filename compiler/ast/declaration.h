// Declarations as written. Names are views into the source text; expressions live in the Tree's
// arena.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/ast/expression.h"

namespace aipol::ast {

// `string`, `set<Role>`, `Region?`
struct TypeName {
  Identifier name;  // the last segment; `package` holds what stands before it (`c.Role`)
  std::optional<Identifier> package;
  std::vector<TypeName> arguments;
  bool optional = false;
  Span span;
};

struct UseDeclaration {
  std::vector<Identifier> path;
  std::optional<Identifier> alias;
};
struct ConstDeclaration {
  Identifier name;
  std::optional<TypeName> type;
  ExpressionPtr value;
};

struct EnumMember {
  std::string text;
  Span span;
};  // quoted members without their quotes
struct EnumDeclaration {
  Identifier name;
  std::vector<EnumMember> members;
  bool native = false, open = false;
};

// A field of a record, an extension or a native object. `phase` only in the standard library:
// `text: string at output`.
struct FieldDeclaration {
  Identifier name;
  TypeName type;
  ExpressionPtr fallback = nullptr;  // `= expr`
  std::optional<Identifier> phase;
  std::string doc;
};
struct RecordDeclaration {
  Identifier name;
  std::vector<FieldDeclaration> fields;
  bool native = false;
};

// `native object request at head { … }`: what a policy can read; only in the standard library.
struct ObjectDeclaration {
  Identifier name;
  Identifier phase;
  std::vector<FieldDeclaration> fields;
};
struct ExtendDeclaration {
  Identifier object;
  std::vector<FieldDeclaration> fields;
};

struct Parameter {
  Identifier name;
  TypeName type;
};
struct FunctionDeclaration {
  Identifier name;
  std::vector<Identifier> type_parameters;  // only native: `fn contains<T>(self: set<T>, item: T)`
  std::vector<Parameter> parameters;
  TypeName result;
  ExpressionPtr body = nullptr;  // the expression; of a native function null
  std::string native_symbol;     // `native fn … = "text.lower"`
};

// Blocks of settings: `provider openai { kind: openai }`, `model "x" { … }`, `identity k : api_key
// { … }`, `endpoint "/v1/**" { … }`, `gateway { … }`, `sink s { … }`. The checker knows each kind's
// keys.
struct BlockDeclaration {
  Identifier keyword;              // identity, provider, model, endpoint, sink, classifier, gateway
  std::optional<Identifier> name;  // of identity, provider, sink, classifier
  std::optional<std::string> label;  // of model, endpoint: the quoted name or glob
  Span label_span;
  std::optional<Identifier> variant;  // after the colon: api_key
  Record settings;
  Span settings_span;
};

// What stands behind the word of an effect: a word of its syntax, or values with commas between
// them.
struct Part {
  Identifier word;  // its text is empty where there are values
  std::vector<ExpressionPtr> values;
  Span span;

  bool is_word() const { return values.empty(); }
};

// `meter team_month = usd per month by principal.team zone "Europe/Berlin"`
struct MeterDeclaration {
  Identifier name;
  std::vector<Part> parts;
};

// `detector card { match r"…" verify luhn weight 0.6 }`
struct DetectorDeclaration {
  struct Entry {
    Identifier key;
    ExpressionPtr value;
  };
  Identifier name;
  std::vector<Entry> entries;
};

// `group pii = [email, card]`, `pool fast = ["a" weight 90, "b" weight 10]`
struct ListDeclaration {
  Identifier keyword;  // group, pool
  Identifier name;
  List members;
  Span members_span;
};

// `grant app "checkout" on model "gpt-4o" until "2027-01-01" approved_by "dana"`
struct GrantDeclaration {
  Identifier keyword;
  std::vector<Part> parts;
};

// `prompt summarize v3 (text: string) { model: "gpt-4o", user: f"…{text}" }`
struct PromptDeclaration {
  Identifier name;
  std::optional<Identifier> version;
  std::vector<Parameter> parameters;
  Record settings;
  Span settings_span;
};

// `data approved from "approved.json" : map<string, set<string>>`
struct DataDeclaration {
  Identifier name;
  std::string file;
  Span file_span;
  TypeName type;
};

// `invariant eu_data_stays { never route when … }`
struct InvariantDeclaration {
  struct Rule {
    bool never = true;
    Identifier effect;
    ExpressionPtr condition = nullptr;  // null: for every request
    Span span;
  };
  Identifier name;
  std::vector<Rule> rules;
};

// @priority(10)
struct Annotation {
  Identifier name;
  std::vector<ExpressionPtr> arguments;
  Span span;
};

struct OnScope {
  std::vector<Identifier> methods;
  std::vector<StringLiteral> globs;
  std::vector<Span> glob_spans;
};
struct WhenScope {
  ExpressionPtr condition;
};
struct Scope {
  std::variant<OnScope, WhenScope> node;
  Span span;
};

struct Statement {
  Identifier effect;  // a word of plan/effects.def
  std::vector<Part> parts;
  ExpressionPtr condition = nullptr;  // after `when`
  std::string doc;
  Span span;
};

struct PolicyDeclaration {
  Identifier name;
  std::optional<std::string> title;
  std::vector<Annotation> annotations;
  std::vector<Scope> scopes;
  std::vector<Statement> statements;
};

struct LetStep {
  Identifier name;
  ExpressionPtr value;
};
struct SendStep {
  Record call;
  Span call_span;
  std::optional<Record> reply;  // the upstream's answer
  Span reply_span;
};
struct AtStep {
  ExpressionPtr time;
};
struct AfterStep {
  ExpressionPtr duration;
};
struct GivenDataStep {
  Identifier name;
  ExpressionPtr value;
};
struct GivenTargetStep {
  Identifier keyword;  // target
  ExpressionPtr model;
  Record state;
  Span state_span;
};
struct ExpectAllow {};
struct ExpectRoute {
  std::string model;
  Span model_span;
};
struct ExpectDeny {
  ExpressionPtr status = nullptr;
  std::optional<Identifier> policy;
};
struct ExpectCondition {
  ExpressionPtr condition;
};
struct ExpectStep {
  std::variant<ExpectAllow, ExpectDeny, ExpectRoute, ExpectCondition> expectation;
};
struct TestStep {
  std::variant<LetStep, AtStep, AfterStep, GivenDataStep, GivenTargetStep, SendStep, ExpectStep>
      node;
  Span span;
};

struct TestDeclaration {
  std::string name;
  Span name_span;
  std::vector<Identifier> columns;  // for a, b in rows
  ExpressionPtr rows = nullptr;     // null: not a table
  std::vector<TestStep> steps;
};

struct Declaration {
  std::variant<UseDeclaration, ConstDeclaration, EnumDeclaration, RecordDeclaration,
               ObjectDeclaration, ExtendDeclaration, FunctionDeclaration, BlockDeclaration,
               MeterDeclaration, DetectorDeclaration, ListDeclaration, GrantDeclaration,
               PromptDeclaration, DataDeclaration, InvariantDeclaration, PolicyDeclaration,
               TestDeclaration>
      node;
  std::string doc;  // the `///` lines before it, without the slashes
  Span span;
};

}  // namespace aipol::ast

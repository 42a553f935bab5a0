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
  Identifier keyword;                // identity, provider, model, endpoint, gateway
  std::optional<Identifier> name;    // of identity, provider
  std::optional<std::string> label;  // of model, endpoint: the quoted name or glob
  Span label_span;
  std::optional<Identifier> variant;  // after the colon: api_key
  Record settings;
  Span settings_span;
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

struct AllowEffect {};
struct DenyEffect {
  ExpressionPtr status = nullptr;
  ExpressionPtr message = nullptr;
};
struct RequireEffect {
  ExpressionPtr condition;
  ExpressionPtr status = nullptr;
  ExpressionPtr message = nullptr;
};

struct Statement {
  std::variant<AllowEffect, DenyEffect, RequireEffect> effect;
  Span effect_span;                   // of the keyword
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
};
struct ExpectAllow {};
struct ExpectDeny {
  ExpressionPtr status = nullptr;
  std::optional<Identifier> policy;
};
struct ExpectCondition {
  ExpressionPtr condition;
};
struct ExpectStep {
  std::variant<ExpectAllow, ExpectDeny, ExpectCondition> expectation;
};
struct TestStep {
  std::variant<LetStep, SendStep, ExpectStep> node;
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
               PolicyDeclaration, TestDeclaration>
      node;
  std::string doc;  // the `///` lines before it, without the slashes
  Span span;
};

}  // namespace aipol::ast

// A checked policy set: typed, phases known, nothing left that can fail. The output of
// compiler/check.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "compiler/ir/expression.h"
#include "compiler/types/schema.h"
#include "plan/plan.h"

namespace aipol::ir {

// A piece of traffic that some expression reads; once for each path and key.
struct Source {
  std::string path;
  std::string key;
  TypePtr type = nullptr;
  bool optional = false;
  plan::Phase phase = plan::Phase::head;
  std::optional<plan::Constant> fallback;
};

// A part of a guard as written: what must be `wanted` for the statement to fire.
struct Condition {
  ExpressionPtr expression = nullptr;
  bool wanted = true;
};

// By the slots of plan/effects.def; see plan::Argument.
struct Argument {
  std::string name;
  std::vector<ExpressionPtr> values;
};

struct Statement {
  plan::Effect effect = plan::Effect::allow;
  ExpressionPtr guard =
      nullptr;  // scope, condition, and of a require the negation of what it requires
  plan::Phase phase = plan::Phase::head;
  uint16_t status = 403;
  ExpressionPtr message = nullptr;  // string, or null
  source::Span span;
  std::vector<Condition> conditions;  // what the guard is made of, in the order written
  std::vector<Argument> arguments;
  bool shadow = false;  // evaluated and recorded, never enforced
};

// See plan::Meter.
struct Meter {
  std::string name, package;
  plan::Measure measure = plan::Measure::requests;
  plan::Window window;
  std::string zone = "UTC";
  TypePtr amount = nullptr;  // int, usd or float
  std::vector<ExpressionPtr> keys;
  ExpressionPtr where = nullptr, sum = nullptr;
  plan::Phase phase = plan::Phase::head;
  bool of_statement = false;  // of an inline limit: it counts that statement's requests
  source::Span span;
};

struct Question {
  uint32_t classifier = 0;
  ExpressionPtr text = nullptr;
  uint32_t source = 0;
};

struct Invariant {
  struct Rule {
    bool never = true;
    plan::Effect effect = plan::Effect::allow;
    ExpressionPtr condition = nullptr;
    source::Span span;
  };
  std::string name;
  source::Span span;
  std::vector<Rule> rules;
};

struct Policy {
  std::string name, package, title, doc;
  int64_t priority = 0;
  bool shadow = false;
  bool disabled = false;  // checked, and left out of the plan
  std::string owner, since, id;
  source::Span span;
  std::vector<Statement> statements;
};

// One field of a `send`, by the path policies read it by: "principal.roles". Enum members are their
// texts; a list of records is given column by column ("ai.messages.role").
struct SendField {
  std::string path;
  plan::Constant value;
};

struct Send {
  std::vector<SendField> fields;
  std::vector<std::pair<std::string, std::string>> headers, query;
  std::vector<SendField> reply;  // see plan::Send
  source::Span span;
};

struct At {
  int64_t time = 0;
  source::Span span;
};
struct After {
  int64_t nanoseconds = 0;
  source::Span span;
};
struct GivenTarget {
  uint32_t model = 0;
  std::vector<SendField> fields;
  source::Span span;
};
struct GivenData {
  uint32_t document = 0;
  std::string json;
  source::Span span;
};

// What must hold of the last send's decision: an expression over `decision`.
struct Expectation {
  ExpressionPtr condition = nullptr;
  std::string text;  // as written, on one line
  source::Span span;
};

struct TestStep {
  std::variant<Send, At, After, GivenTarget, GivenData, Expectation> node;
};

struct Test {
  std::string name;  // of a table's row: `name [row 2]`
  source::Span span;
  std::optional<source::Span> row;
  std::vector<TestStep> steps;
};

struct PolicySet {
  types::Types types;
  types::Schema schema;
  std::vector<Source> sources;
  std::vector<Policy> policies;
  std::vector<Meter> meters;
  std::vector<plan::Detector> detectors;
  std::vector<plan::Document> documents;
  std::vector<Question> questions;
  std::vector<Invariant> invariants;
  plan::Deployment deployment;
  std::vector<Test> tests;
  Arena arena;  // owns the expressions
};

// A stable print for `--dump ir`.
std::string dump(const PolicySet& set, const source::Files& files);

}  // namespace aipol::ir

// The decision plan: everything a policy set means, ready to be interpreted or compiled. Plain
// data, no source text needed; made by compiler/planner, read by plan/interpret, compiler/index,
// compiler/lower and the runtime.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/code.h"
#include "plan/deployment.h"
#include "plan/detector.h"
#include "plan/document.h"
#include "plan/effects.h"
#include "plan/meter.h"
#include "plan/phase.h"
#include "plan/unit.h"
#include "plan/value.h"

namespace aipol::plan {

using SourceId = uint32_t;

// One piece of traffic that the set reads, once.
struct Source {
  std::string
      path;  // "principal.roles", "request.header", "model.sensitivity": the name policies use
  std::string
      key;  // of a keyed source: the header's name in lower case, the query's name, the body's path
  Rep rep = Rep::text;
  bool optional = false;       // may be absent
  Phase phase = Phase::head;   // known from here on
  uint32_t enumeration = ~0u;  // number in Plan::enumerations where members are enum members
  Unit unit = Unit::none;
  std::optional<Constant>
      fallback;  // read where the traffic gives no value; only where not optional

  std::string name() const;  // path, or path("key")
};

struct Enumeration {
  std::string name;
  std::vector<std::string> members;
  bool open = false;  // has a last member `unknown` that other values become
};

struct Place {
  std::string file;
  uint32_t line = 0;    // from 1
  uint32_t column = 0;  // from 1
  uint32_t end_line = 0, end_column = 0;  // the first place behind it
};

struct Policy {
  std::string name;  // without package
  std::string package;
  std::string title;
  std::string doc;
  int64_t priority = 0;
  Place place;
};

// What a statement's effect is done with, by the slots of plan/effects.def: constants and
// expressions. Words that were chosen ("strict", "off") are arguments without values; what names
// something of the set is its number there.
struct Argument {
  std::string name;
  std::vector<NodeId> values;
  Unit unit = Unit::none;
  uint32_t enumeration = ~0u;
  bool operator==(const Argument&) const = default;
};

// A part of a statement's guard as its author wrote it, for explanations.
struct Condition {
  NodeId node = no_node;
  bool wanted =
      true;  // what it must be for the statement to fire; false: a `require` refuses where it fails
  std::string text;  // of the policy file, on one line
  Place place;
};

struct Statement {
  uint32_t policy = 0;
  Effect effect = Effect::allow;
  Phase phase = Phase::head;
  NodeId guard =
      no_node;          // it fires where this boolean holds; a require's condition is negated here
  uint16_t status = 0;  // of a refusal
  NodeId message = no_node;  // text: a refusal's message, or no_node
  uint32_t rank = 0;         // among refusals of a phase the smallest answers; unique
  Place place;
  std::vector<Condition> conditions;  // the conjuncts of the guard, in the order written
  std::vector<Argument> arguments;    // of effects other than refusals
  bool shadow = false;                // evaluated and recorded, never enforced
};

// The statements decided together, once the sources they read are known.
struct Stage {
  Phase phase = Phase::head;
  std::vector<uint32_t> statements;
  std::vector<SourceId> demand;  // what its guards and `computed` read, ascending
  // What is computed on demand in this phase, each once: messages and arguments that are no
  // constants, keys and conditions of meters. An argument is computed in the phase from which it is
  // known, which may be a later one.
  std::vector<NodeId> computed = {};
};

// What a classifier is asked about: `source` (`classifier.NAME.flagged`, `.score`) is its answer on
// `text`.
struct Question {
  uint32_t classifier = 0;  // in Deployment::classifiers
  NodeId text = no_node;
  SourceId source = 0;
};

struct Plan {
  std::vector<Source> sources;
  std::vector<Enumeration> enumerations;
  std::vector<Constant> constants;
  std::vector<std::string> natives;  // symbols of stdlib/native, "text.contains"
  Code code;
  std::vector<Policy> policies;
  std::vector<Statement> statements;
  std::vector<Stage> stages;  // in the order of their phases
  std::vector<Meter> meters;
  std::vector<Detector> detectors;
  std::vector<Document> documents;
  std::vector<Question> questions;
  Deployment deployment;
  std::string version;  // hash of the meaning: 16 hex digits
};

}  // namespace aipol::plan

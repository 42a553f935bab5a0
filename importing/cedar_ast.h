// Cedar's policies as trees. docs.cedarpolicy.com/policies/syntax-grammar.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aipol::importing::cedar {

inline constexpr size_t max_text_bytes = 4 << 20;
inline constexpr size_t max_nodes = 200'000;  // of expressions, in one text
inline constexpr size_t max_depth = 100;      // of parentheses, sets and calls within each other
inline constexpr size_t max_chain = 24;       // accesses and sums in a row

struct Place {
  uint32_t line = 1, column = 1;  // from 1; columns in bytes
};

// `Acme::User::"ann"`
struct Entity {
  std::string type, id;  // type with its namespace
  auto operator<=>(const Entity&) const = default;
};

struct Expr {
  enum class Kind : uint8_t {
    truth,
    number,
    text,
    entity,
    variable,  // literals; principal, action, resource, context
    set,
    record,  // `names` are the record's keys
    conditional,
    both,
    either,
    negation,  // if, &&, ||, !
    equal,
    unequal,
    less,
    at_most,
    greater,
    at_least,
    within,  // within: `in`
    plus,
    minus,
    times,
    negative,
    attribute,
    presence,
    like,
    is,
    is_in,  // x.a, x has a, x like "…", x is T, x is T in e
    call    // f(…), x.f(…): `text` is the name
  };
  Kind kind = Kind::truth;
  Place place;
  bool truth = false;
  int64_t number = 0;
  std::string text;           // text, variable, name of attribute or function, type of `is`
  std::string pattern_stars;  // of like: by byte of `text`, '*' where it is a wildcard, else ' '
  Entity entity;
  std::vector<Expr> parts;
  std::vector<std::string> names;
};

// What stands in the head for principal, action or resource.
struct Scope {
  enum class Kind : uint8_t { any, equal, within, is, is_in };
  Kind kind = Kind::any;
  std::vector<Entity> entities;  // of equal and is_in one, of within one or those of the list
  std::string type;              // of is and is_in
  bool has_slot = false;         // ?principal, ?resource
};

struct Condition {
  bool is_unless = false;
  Expr expr;
};

struct Policy {
  Place place;
  bool permits = false;
  std::vector<std::pair<std::string, std::string>> annotations;
  Scope principal, action, resource;
  std::vector<Condition> conditions;

  bool is_template() const { return principal.has_slot || resource.has_slot; }
  std::optional<std::string> annotation(std::string_view name) const;
};

// The error says where: "line 3, column 7: …".
Result<std::vector<Policy>> parse(std::string_view text);

}  // namespace aipol::importing::cedar

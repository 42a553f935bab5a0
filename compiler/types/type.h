// Types of the language. Equal types are one object, so that pointers compare.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace aipol::types {

enum class Kind : uint8_t {
  invalid,  // of something already reported; agrees with everything
  boolean,
  integer,
  real,
  string,
  duration,
  time,
  clock,
  date,
  ip,
  usd,
  network,  // what `ip in …` takes
  secret,   // env(…), file(…)
  // Settings that are read as they are written (compiler/check/settings.h); only in the standard
  // library.
  address,      // a text, or a secret
  mapping,      // fields of the principal to claims
  store,        // memory, sqlite(…), redis(…)
  prompt_text,  // a text with parameters
  handle,       // what look-ups of the runtime are made in: a document, the detectors
  enumeration,  // definition: number in Schema::enumerations
  record,       // definition: number in Schema::records
  object,       // request, principal, …; definition: number in Schema::objects
  set,
  list,
  map,         // element
  variable,    // of a generic native function; definition: its number there
  meter,       // definition: number in PolicySet::meters
  detector,    // a detector or a group; definition: number in Checker::detectors
  classifier,  // definition: number in Deployment::classifiers
};

struct Type {
  Kind kind = Kind::invalid;
  const Type* element = nullptr;
  uint32_t definition = 0;
  std::string name;  // as a message shows it: "set<Role>"

  bool is(Kind k) const { return kind == k; }
  bool collection() const { return kind == Kind::set || kind == Kind::list; }
  bool numeric() const { return kind == Kind::integer || kind == Kind::real; }
};
using TypePtr = const Type*;

class Types {
 public:
  Types();
  TypePtr simple(Kind kind) const { return simple_[static_cast<size_t>(kind)]; }
  // The type a built-in name means (`int`), or null.
  TypePtr named(std::string_view name) const;
  TypePtr defined(Kind kind, uint32_t definition, std::string_view name);
  TypePtr of(Kind collection, TypePtr element);

 private:
  TypePtr make(Kind kind, TypePtr element, uint32_t definition, std::string name);

  std::deque<Type> all_;
  std::vector<TypePtr> simple_;
  std::map<std::tuple<Kind, TypePtr, uint32_t>, TypePtr> made_;
};

// Names of the built-in types, for suggestions.
const std::vector<std::string>& simple_type_names();

}  // namespace aipol::types

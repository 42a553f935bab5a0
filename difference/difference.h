// What a change of a policy set means: which requests are newly allowed, newly denied, refused in
// other words, or treated differently, each with a request that shows it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/compile.h"
#include "difference/side.h"

namespace aipol::difference {

enum class Kind : uint8_t {
  allowed,   // denied before, allowed now
  denied,    // allowed before, denied now
  answered,  // denied by both, with another status or message
  effect     // something else is done with a request
};

// A request for which it is so, as `aipol eval` reads it.
struct Witness {
  std::string request;              // JSON
  std::vector<std::string> before;  // JSON of what is sent first, so that meters have counted it
  std::string assuming;             // what no request can bring about: "team_month.used is 5"
};

struct Change {
  Kind kind = Kind::allowed;
  std::string effect;                     // of an effect: its word
  std::vector<std::string> lost, gained;  // what is no longer done, what is done now
  std::vector<std::string> because;       // all of them hold, in the words of the policies
  Witness witness;
  Both<std::string> outcome;  // "deny 403 by guests (a.aipol:3): no guests"
  size_t met = 0;             // recorded requests to which it happens
};

// A statement as it stands in its set.
struct Written {
  std::string policy;
  plan::Place place;
  std::string text;
};

// The changes that one edit makes.
struct Edited {
  Both<std::optional<Written>> statement;  // none of either: what is declared
  std::string subject;                     // of such: "models"
  bool moved = false;
  std::vector<Change> changes;
  std::vector<std::string> unknown;  // what is neither shown nor excluded
};

// A declaration that differs: "model gpt-4o: region eu, was us".
struct Declared {
  std::string what;
  std::string before, after;  // empty: it is not there
};

struct Difference {
  std::vector<Edited> edits;  // those that change something, or of which something is unknown
  std::vector<Declared> declared;
  Both<size_t> statements{};
  size_t same = 0;    // statements that mean what a statement of the other set means, at a look
  size_t proved = 0;  // questions of which it was proved that no request is treated differently
  std::optional<size_t> records;  // of the traffic
  bool anonymous = false;         // neither set declares an identity: all callers are anonymous

  bool unknown() const;
  bool equivalent() const { return edits.empty() && declared.empty(); }
  size_t count(Kind kind) const;
};

struct Options {
  Both<std::string> folders;  // that documents and schemas are read from
  std::string cache;          // as compiler::Wanted::cache
  std::string traffic;        // a file of records, or empty
};

// Both compilations end with the step `index`, without errors. An error where the world fails.
Result<Difference> compare(const compiler::Compilation& before, const compiler::Compilation& after,
                           const Options& options);

}  // namespace aipol::difference

// One line of a log as replay sees it: the call that it describes, what of the call it tells, and
// what was decided then, where it says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "replay/fields.h"
#include "runtime/offline/described_call.h"

namespace aipol::replay {

// Who wrote the record. What one of aipol's own leaves out has its default; of others it is
// unknown.
enum class Kind : uint8_t {
  plain,    // the contract's names
  traffic,  // `serve --record`: with headers and texts
  request,  // an audit log: without them, unless a policy had them kept
  other     // an audit log's, about something else than a request
};

// What is known of the call.
struct Known {
  FieldSet fields;
  bool attributes = false;   // of the principal: those that are not given are absent
  bool metadata = false;     // the same of the request's
  bool credentials = false;  // headers that bear credentials are among the headers
};

// What the record says was decided when the request was served.
struct Recorded {
  bool known = false;
  bool allowed = false;
  uint16_t status = 0;     // of a refusal
  std::string policy;      // that decided, where one did
  std::string statement;   // "file:line"
  std::string target;      // the model that answered
  bool past_head = false;  // the body was read
  int64_t took = 0;        // nanoseconds, to the end of the answer; 0: it does not say
  // When meters were asked whether it is admitted, or it was refused before; when it was charged
  // for what it used. Since the epoch; 0: it does not say.
  int64_t decided = 0, settled = 0;
};

struct Record {
  offline::DescribedCall call;
  Kind kind = Kind::plain;
  FieldSet given;         // that stand in the record
  bool redacted = false;  // its texts are not what policies saw
  Known known;
  Recorded recorded;
  context::Usage used;  // as the record tells it, whatever becomes of the call
  uint32_t file = 0;
  uint64_t line = 0;
  uint64_t number = 0;  // by which records of one time are put in order: as they were read
};

// Where `given` and what the call holds lead to: fills `known`.
void find_known(Record& record);

// What is looked at; of the rest of a record only what it holds is known.
struct Wanted {
  FieldSet fields = all_fields;
  bool answer = true;  // who answered then: the policy, its statement, the model
};

}  // namespace aipol::replay

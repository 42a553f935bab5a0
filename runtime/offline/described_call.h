// A call that is described instead of received: field by field, by the names policies use. What
// eval, test and replay decide. A field that is not given has its default.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "plan/plan.h"
#include "runtime/context/call.h"
#include "runtime/offline/served.h"

namespace aipol::offline {

// How the upstream answers: call.response and call.usage, and
struct Reply {
  std::vector<std::string> chunks;  // of a stream: call.response.text in pieces
  std::string error;                // no answer: timeout, refused, reset, broken
};

struct DescribedCall {
  context::Call call;
  Reply reply;
  double load = 0;  // of the gateway
  int64_t in_flight = 0;
  std::string target = "/";  // as on the wire: normalised before it is decided
  bool has_ai = false;    // fields of `ai` were given; otherwise request.body_text is read as the
                          // gateway reads it
  bool has_body = false;  // request.body_text was given, empty or not
  bool has_principal = false;
  bool has_kind = false;   // principal.kind was given; a principal without it is a user
  bool has_usage = false;  // fields of `usage` were given
  bool has_cost = false;   // usage.cost was
  // Of the set that decides, which it lives as long as: once complete_call.h has completed the
  // head. Where it is there before, call.request.path is the target's, and that has no query.
  const plan::Endpoint* endpoint = nullptr;
  Served served;  // where a gateway's record describes it
};

// How a field's value is written in JSON; its constant is what plan::Rep says of the type.
enum class Form : uint8_t { boolean, integer, real, text, ip, time, duration, usd, texts };

// The form of the field of that path ("principal.roles"), or nothing where no such field can be
// given. Attributes of the principal are no such fields: see set_attribute.
std::optional<Form> form_of(std::string_view path);

// Sets the field; the constant must be of its form (times in ns since the epoch, durations in ns,
// usd in nano-dollars, ips as plan::Ip).
void set_field(DescribedCall& described, std::string_view path, const plan::Constant& value);

// Adds a request header; its name in any case.
void add_header(DescribedCall& described, std::string_view name, std::string value);

// Sets what `extend` declares: an attribute of the principal, or of the request. False where the
// path
// ("principal.team") is neither's.
bool set_attribute(DescribedCall& described, std::string_view path, context::AttributeValue value);

}  // namespace aipol::offline

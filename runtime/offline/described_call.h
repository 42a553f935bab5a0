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

namespace aipol::offline {

struct DescribedCall {
  context::Call call;
  std::string target = "/";  // as on the wire: normalised before it is decided
  bool has_ai = false;    // fields of `ai` were given; otherwise request.body_text is read as the
                          // gateway reads it
  bool has_body = false;  // request.body_text was given, empty or not
  bool has_principal = false;
};

// How a field's value is written in JSON; its constant is what plan::Rep says of the type.
enum class Form : uint8_t { boolean, integer, real, text, ip, time, texts };

// The form of the field of that path ("principal.roles"), or nothing where no such field can be
// given. Attributes of the principal are no such fields: see set_attribute.
std::optional<Form> form_of(std::string_view path);

// Sets the field; the constant must be of its form (times in ns since the epoch, ips as plan::Ip).
void set_field(DescribedCall& described, std::string_view path, const plan::Constant& value);

// Adds a request header; its name in any case.
void add_header(DescribedCall& described, std::string_view name, std::string value);

// Sets an attribute of the principal.
void set_attribute(DescribedCall& described, std::string_view name, context::AttributeValue value);

}  // namespace aipol::offline

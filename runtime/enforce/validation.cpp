// Whether bodies and answers are as JSON Schemas say.
#include <fmt/format.h>

#include "runtime/enforce/arguments.h"
#include "runtime/enforce/passage.h"
#include "runtime/enforce/written_body.h"

namespace aipol::enforce {

namespace {

// An error of the upstream is passed on as it is: it is no answer.
bool answered(const context::Response& response) {
  return response.status >= 200 && response.status < 300;
}

}  // namespace

std::optional<std::string> Passage::objection(uint32_t number) {
  Arguments arguments(evaluation_, number);
  if (arguments.statement().effect != plan::Effect::validate) return std::nullopt;
  bool body = arguments.has("body");
  if (!body && !answered(call_.response)) return std::nullopt;
  const schema::Schema& schema = *engine_.assets().schemas.find(arguments.text("schema"))->second;
  auto mismatch = schema.mismatch(body ? written_body(call_) : call_.response.text);
  if (!mismatch) return std::nullopt;
  objected_.insert(number);
  return fmt::format("the {} does not fit: `{}`: {}", body ? "body" : "answer", mismatch->path,
                     mismatch->reason);
}

}  // namespace aipol::enforce

// Any bytes as the body of a chat: no crash, and a body that is accepted stays so when its model is
// rewritten.
#include <cstdint>
#include <cstdlib>

#include "runtime/dialects/dialect.h"
#include "runtime/dialects/with_member.h"

using namespace aipol;

namespace {

bool read(std::string_view body, context::Ai& ai) {
  static dialects::BodyReader reader;
  static const dialects::Needs needs{.texts = true,
                                     .values = {"model", "messages.0.role", "metadata.a"}};
  return dialects::read_body(*dialects::find_dialect("chat"), "post", reader, {body, false}, needs,
                             ai)
      .has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  context::Ai ai;
  if (!read(body, ai)) return 0;
  context::Ai again;
  if (!read(dialects::with_model(body, "other\"model"), again)) std::abort();
  if (again.model != "other\"model" || again.messages.size() != ai.messages.size()) std::abort();
  return 0;
}

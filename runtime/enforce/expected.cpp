#include "runtime/enforce/expected.h"

#include <algorithm>

#include "base/saturate.h"

namespace aipol::enforce {

using decision::Decision;
using plan::Phase;

namespace {

constexpr std::string_view of_models = "models";

// Of the body as the provider gets it.
int64_t choices_in(const context::BodyEdits& edits, int64_t asked) {
  int64_t choices = asked;
  for (const context::BodyEdit& edit : edits.fields) {
    if (edit.path != "n") continue;
    const int64_t* number = edit.value ? std::get_if<int64_t>(&*edit.value) : nullptr;
    choices = number != nullptr ? std::max<int64_t>(*number, 1) : 1;
  }
  return choices;
}

}  // namespace

context::Usage expected_usage(Passage& passage, const Asked& asked) {
  const context::Ai& ai = passage.evaluation().call().ai;
  context::Usage expected;
  if (ai.operation == of_models) return expected;
  expected.input_tokens = context::input_tokens(ai);
  int64_t choices = asked.choices;
  std::optional<int64_t> most = ai.max_tokens;
  if (passage.rewrites_request() && !passage.engine().plan().deployment.models.empty()) {
    context::BodyEdits edits;
    most = passage.forwarded(0, &edits).ai.max_tokens;
    choices = choices_in(edits, choices);
  }
  expected.output_tokens = saturating_multiply(most.value_or(asked.usual), choices);
  return expected;
}

std::optional<Decision> unservable(const Passage& passage, const Asked& asked) {
  const context::Ai& ai = passage.evaluation().call().ai;
  if (passage.attempts().empty() && ai.operation != of_models)
    return decision::refused(Phase::body, 404, "unknown model");
  if (asked.choices > 1 && ai.stream && passage.watches_answer())
    return decision::refused(Phase::body, 400,
                             "n: must be 1 where the answer is streamed and policies look at it");
  return std::nullopt;
}

}  // namespace aipol::enforce

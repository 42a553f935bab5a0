// What `set`, `remove`, `clamp`, `prepend`, `redact` and `hide` do to a call and its answer. On one
// field the order is remove, set, clamp, prepend, redact; of several that set one field the one of
// the smallest rank wins.
#pragma once

#include "runtime/context/edits.h"
#include "runtime/decision/evaluation.h"
#include "runtime/enforce/assets.h"
#include "runtime/enforce/placeholders.h"
#include "runtime/enforce/redaction.h"

namespace aipol::enforce {

enum class Surface : uint8_t { request, response, logs };

// By the statements that fired so far.
Redaction redaction_of(const decision::Evaluation& evaluation, const Assets& assets,
                       Surface surface, const std::array<uint64_t, 2>& secret);

// Whether the statements that fired so far change anything of the request, or of its answer.
bool rewrites_request(const decision::Evaluation& evaluation);
bool rewrites_response(const decision::Evaluation& evaluation);

// The fields of the body that `clamp` bounds: it has to know what they are.
std::vector<std::string> clamped_fields(const plan::Plan& plan);

// What `set` and `remove` do to the header fields of an answer, as far as it is decided.
void rewrite_fields(const decision::Evaluation& evaluation, context::Response& response);

// Adds to `edits` what it does to the body; redaction aside, which is done to all texts.
void rewrite_request(const decision::Evaluation& evaluation, const Redaction& redaction,
                     Placeholders& placeholders, context::Call& call, context::BodyEdits& edits);
void rewrite_response(const decision::Evaluation& evaluation, const Redaction& redaction,
                      Placeholders& placeholders, context::Response& response);

}  // namespace aipol::enforce

#include "runtime/offline/decide.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/context/path.h"
#include "runtime/decision/evaluation.h"
#include "runtime/dialects/dialect.h"

namespace aipol::offline {

namespace {

using decision::Decision;
using plan::Phase;

// A principal without kind is a user who came with a token.
void complete_principal(DescribedCall& described) {
  context::Principal& principal = described.call.principal;
  if (!described.has_principal || principal.kind != "anonymous") return;
  principal.kind = "user";
  if (principal.method == "none") principal.method = "jwt";
}

std::optional<Decision> complete_target(DescribedCall& described) {
  context::Request& request = described.call.request;
  if (request.method.empty()) request.method = "post";
  Result<context::Target> target = context::read_target(described.target);
  if (!target) return decision::refused(Phase::head, 400, target.error().message);
  request.path = std::move(target->path);
  request.query.insert(request.query.end(), target->query.begin(), target->query.end());
  return std::nullopt;
}

std::optional<Decision> complete_body(const decision::Program& program,
                                      const plan::Endpoint& endpoint, DescribedCall& described) {
  context::Call& call = described.call;
  const dialects::Dialect* dialect = dialects::find_dialect(endpoint.accepts);
  if (dialect == nullptr)
    return decision::refused(Phase::body, 501, fmt::format("{} is not served", endpoint.accepts));
  if (described.has_body) {
    dialects::BodyReader reader;
    context::Ai read_ai;
    auto read =
        dialects::read_body(*dialect, call.request.method, reader, {call.request.body_text, false},
                            {program.facts().needs_texts(), program.facts().body_paths()}, read_ai);
    if (!read) return decision::refused(Phase::body, read.error().status, read.error().message);
    call.request.body_values = std::move(reader.values);
    if (!described.has_ai) call.ai = std::move(read_ai);
  }
  if (call.ai.operation == "none") call.ai.operation = dialect->operation;
  if (call.model_name.empty())
    call.model_name = call.ai.model.empty() ? endpoint.model : call.ai.model;
  return std::nullopt;
}

}  // namespace

Decision decide(const decision::Program& program, DescribedCall& described) {
  complete_principal(described);
  if (auto bad = complete_target(described)) return *bad;
  const plan::Endpoint* endpoint = program.endpoint(described.call.request.path);
  if (endpoint == nullptr) {
    return decision::refused(Phase::head, 404, "there is no such endpoint");
  }
  decision::Evaluation evaluation(program, described.call);
  if (auto refused = evaluation.head()) return *refused;
  if (auto bad = complete_body(program, *endpoint, described)) return *bad;
  return evaluation.body();
}

}  // namespace aipol::offline

#include "runtime/offline/complete_call.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/context/header_fields.h"
#include "runtime/context/path.h"
#include "runtime/dialects/dialect.h"
#include "runtime/dialects/prompt_body.h"

namespace aipol::offline {

namespace {

using decision::Decision;
using plan::Phase;

// A principal without kind is a user who came with a token; a request without method brings a body.
void complete_caller(DescribedCall& described) {
  context::Request& request = described.call.request;
  if (request.method.empty()) request.method = "post";
  context::Principal& principal = described.call.principal;
  if (!described.has_principal || described.has_kind) return;
  principal.kind = "user";
  if (principal.method == "none") principal.method = "jwt";
}

std::optional<Decision> complete_target(DescribedCall& described) {
  context::Request& request = described.call.request;
  Result<context::Target> target = context::read_target(described.target);
  if (!target) return decision::refused(Phase::head, 400, target.error().message);
  request.path = std::move(target->path);
  request.query.insert(request.query.end(), target->query.begin(), target->query.end());
  return std::nullopt;
}

// What an endpoint that nothing reads the bodies of is about, where the call does not say.
std::string operation_of(const plan::Endpoint& endpoint, const dialects::Dialect* dialect) {
  if (dialect != nullptr) return std::string(dialect->operation);
  constexpr std::pair<std::string_view, std::string_view> others[] = {
      {"messages", "chat"}, {"gemini", "chat"}, {"prompt", "chat"},
      {"mcp", "tool"},      {"json", "none"},   {"any", "none"}};
  for (auto [accepts, operation] : others) {
    if (accepts == endpoint.accepts) return std::string(operation);
  }
  return endpoint.accepts;
}

// The prompt that the endpoint serves, or null.
const plan::Prompt* prompt_of(const plan::Plan& plan, const plan::Endpoint& endpoint) {
  if (endpoint.accepts != "prompt") return nullptr;
  std::string_view name = std::string_view(endpoint.glob).substr(endpoint.glob.rfind('/') + 1);
  auto prompt = std::ranges::find(plan.deployment.prompts, name, &plan::Prompt::name);
  return prompt == plan.deployment.prompts.end() ? nullptr : &*prompt;
}

}  // namespace

std::optional<Decision> complete_head(const decision::Program& program, DescribedCall& described) {
  complete_caller(described);
  if (described.endpoint == nullptr) {
    if (auto bad = complete_target(described)) return bad;
    described.endpoint = program.endpoint(described.call.request.path);
  }
  context::read_header_fields(program.plan().deployment.gateway.data_tags, described.call);
  if (described.endpoint != nullptr) return std::nullopt;
  return decision::refused(Phase::head, 404, "there is no such endpoint");
}

std::optional<Decision> complete_body(const decision::Program& program, DescribedCall& described) {
  context::Call& call = described.call;
  const plan::Endpoint& endpoint = *described.endpoint;
  const dialects::Dialect* dialect = dialects::find_dialect(endpoint.accepts);
  // What the call says itself is not read from its body.
  const dialects::Dialect* read_by = described.has_ai ? dialects::find_dialect("json") : dialect;
  const plan::Prompt* prompt = described.has_ai ? nullptr : prompt_of(program.plan(), endpoint);
  if (described.has_body && read_by == nullptr && prompt == nullptr)
    return decision::refused(Phase::body, 501,
                             fmt::format("bodies of {} can not be read", endpoint.accepts));
  if (described.has_body) {
    dialects::BodyReader reader;
    context::Ai read_ai;
    dialects::Body body{call.request.body_text, false};
    dialects::Needs needs{program.facts().needs_texts(), program.facts().body_paths()};
    auto read = prompt == nullptr ? dialects::read_body(*read_by, call.request.method, reader, body,
                                                        needs, read_ai)
                                  : dialects::read_prompt_body(*prompt, call.request.method, reader,
                                                               body, needs, read_ai);
    if (!read) return decision::refused(Phase::body, read.error().status, read.error().message);
    call.request.body_values = std::move(reader.values);
    if (!described.has_ai) described.served.choices = reader.choices;
    read_ai.tags = std::move(call.ai.tags);
    if (!described.has_ai) call.ai = std::move(read_ai);
  }
  if (call.ai.operation == "none") call.ai.operation = operation_of(endpoint, dialect);
  if (call.model_name.empty())
    call.model_name = call.ai.model.empty() ? endpoint.model : call.ai.model;
  return std::nullopt;
}

}  // namespace aipol::offline
